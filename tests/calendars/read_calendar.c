/* Reads calendars with libical, one from standard input or one from each file that is named, and writes what a client
   would show: strings that each end in NUL, so that no text needs an escape. Any complaint of libical ends it with
   status 1. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *source = "standard input";

static void fail(const char *complaint, const char *about)
{
    fprintf(stderr, "%s: %s: %s\n", source, complaint, about ? about : "");
    exit(1);
}

static char *read_all(FILE *in)
{
    size_t length = 0, room = 1 << 16;
    char *text = malloc(room);
    while (text) {
        length += fread(text + length, 1, room - length - 1, in);
        if (length + 1 < room)
            break;
        text = realloc(text, room *= 2);
    }
    if (!text)
        fail("Out of memory", NULL);
    if (memchr(text, 0, length))
        fail("The calendar holds a NUL", NULL);
    text[length] = 0;
    return text;
}

static void put(const char *text)
{
    fputs(text ? text : "", stdout);
    putchar(0);
}

static void put_number(long long number)
{
    printf("%lld%c", number, 0);
}

static const char *value_of(icalcomponent *component, icalproperty_kind kind)
{
    icalproperty *property = icalcomponent_get_first_property(component, kind);
    return property ? icalvalue_get_text(icalproperty_get_value(property)) : NULL;
}

static const char *as_written(icalcomponent *component, icalproperty_kind kind)
{
    icalproperty *property = icalcomponent_get_first_property(component, kind);
    return property ? icalproperty_get_value_as_string(property) : NULL;
}

/* Zones count only if the calendar itself defines them: libical would fall back to the system's own. */
static icaltimezone *zone_of(icalcomponent *calendar, icalproperty *property, struct icaltimetype time)
{
    icalparameter *tzid = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
    if (!tzid) {
        if (!time.is_date && !icaltime_is_utc(time))
            fail("A time is in no time zone", icalproperty_as_ical_string(property));
        return icaltimezone_get_utc_timezone();
    }
    if (icaltime_is_utc(time))
        fail("A time is both in UTC and in a time zone", icalproperty_as_ical_string(property));
    icaltimezone *zone = icalcomponent_get_timezone(calendar, icalparameter_get_tzid(tzid));
    if (!zone)
        fail("The calendar does not define the time zone", icalparameter_get_tzid(tzid));
    return zone;
}

static struct icaltimetype put_instant(icalcomponent *calendar, icalcomponent *event, icalproperty_kind kind)
{
    icalproperty *property = icalcomponent_get_first_property(event, kind);
    if (!property)
        fail("An entry lacks", icalproperty_kind_to_string(kind));
    struct icaltimetype time = icalvalue_get_datetime(icalproperty_get_value(property));
    put_number(icaltime_as_timet_with_zone(time, zone_of(calendar, property, time)));
    return time;
}

static void put_people(icalcomponent *event)
{
    put_number(icalcomponent_count_properties(event, ICAL_ATTENDEE_PROPERTY));
    for (icalproperty *one = icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY); one;
         one = icalcomponent_get_next_property(event, ICAL_ATTENDEE_PROPERTY)) {
        put(icalproperty_get_parameter_as_string(one, "CN"));
        put(icalproperty_get_attendee(one));
        put(icalproperty_get_parameter_as_string(one, "PARTSTAT"));
    }
}

static void put_entry(icalcomponent *calendar, icalcomponent *event)
{
    put(value_of(event, ICAL_UID_PROPERTY));
    put_number(icalcomponent_get_sequence(event));
    struct icaltimetype start = put_instant(calendar, event, ICAL_DTSTART_PROPERTY);
    put_instant(calendar, event, ICAL_DTEND_PROPERTY);
    put_number(start.is_date);
    put(value_of(event, ICAL_SUMMARY_PROPERTY));
    put(value_of(event, ICAL_DESCRIPTION_PROPERTY));
    put(value_of(event, ICAL_LOCATION_PROPERTY));
    put(as_written(event, ICAL_STATUS_PROPERTY));
    put(as_written(calendar, ICAL_METHOD_PROPERTY));
    put(as_written(event, ICAL_ORGANIZER_PROPERTY));
    put_people(event);
}

static void put_calendar(FILE *in)
{
    icalerror_clear_errno();
    icalcomponent *calendar = icalparser_parse_string(read_all(in));
    if (!calendar || icalcomponent_isa(calendar) != ICAL_VCALENDAR_COMPONENT)
        fail("Not one VCALENDAR", icalerror_perror());
    if (icalerrno != ICAL_NO_ERROR)
        fail("While parsing", icalerror_perror());
    if (icalcomponent_count_errors(calendar) || !icalrestriction_check(calendar) || icalcomponent_count_errors(calendar))
        fail("libical complains about", icalcomponent_as_ical_string(calendar));
    for (icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event;
         event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
        put_entry(calendar, event);
    if (icalerrno != ICAL_NO_ERROR)
        fail("While reading", icalerror_perror());
    icalcomponent_free(calendar);
}

int main(int count, char **names)
{
    icalerror_set_errors_are_fatal(0);
    ical_set_unknown_token_handling_setting(ICAL_TREAT_AS_ERROR);
    if (count == 1)
        put_calendar(stdin);
    for (int number = 1; number < count; number++) {
        source = names[number];
        FILE *in = fopen(source, "rb");
        if (!in)
            fail("No such file", NULL);
        put_calendar(in);
        fclose(in);
    }
    return 0;
}
