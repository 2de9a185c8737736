// Reads calendars with ical.js, one from standard input or one from each file that is named, and writes what a client
// would show as JSON.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

ICAL.design.strict = true;
function fail(complaint) {
  throw new Error(complaint);
}

function instant(event, name) {
  const property = event.getFirstProperty(name) ?? fail(`No ${name}.`);
  const time = property.getFirstValue();
  const tzid = property.getParameter("tzid");
  if (tzid && time.zone === ICAL.Timezone.utcTimezone) fail(`${name} is both in UTC and in ${tzid}.`);
  if (tzid && time.zone?.tzid !== tzid) fail(`${name} is in ${tzid}, which the calendar does not define.`);
  if (!tzid && !time.isDate && time.zone !== ICAL.Timezone.utcTimezone) fail(`${name} is in no time zone.`);
  const seconds = time.isDate ? Date.UTC(time.year, time.month - 1, time.day) / 1000 : time.toUnixTime();
  return { seconds, allDay: time.isDate };
}

function people(event) {
  return event.getAllProperties("attendee").map((property) => ({
    name: property.getParameter("cn") ?? "",
    address: property.getFirstValue(),
    answer: property.getParameter("partstat") ?? "",
  }));
}

function entry(event, method) {
  const text = (name) => event.getFirstPropertyValue(name) ?? "";
  const starts = instant(event, "dtstart");
  return {
    uid: text("uid"),
    sequence: event.getFirstPropertyValue("sequence") ?? 0,
    starts_at: starts.seconds,
    ends_at: instant(event, "dtend").seconds,
    all_day: starts.allDay,
    summary: text("summary"),
    description: text("description"),
    location: text("location"),
    status: text("status"),
    method,
    organizer: text("organizer"),
    attendees: people(event),
  };
}

function entries(source) {
  // Zones count only if the calendar itself defines them.
  ICAL.TimezoneService.reset();
  try {
    const calendar = new ICAL.Component(ICAL.parse(readFileSync(source, "utf8")));
    if (calendar.name !== "vcalendar") fail("Not one VCALENDAR.");
    const method = calendar.getFirstPropertyValue("method") ?? "";
    return calendar.getAllSubcomponents("vevent").map((event) => entry(event, method));
  } catch (error) {
    return fail(`${source || "standard input"}: ${error.message}`);
  }
}

const named = process.argv.slice(2);
process.stdout.write(JSON.stringify((named.length ? named : [0]).flatMap(entries)));
