#!/bin/sh
# A database and a role for each service; a role reaches no database but its own. Run again, it changes the passwords.
#
# Speaks to the server that libpq's variables name (PGHOST, PGUSER…; in the official image POSTGRES_USER) and takes the
# passwords from REIHE_CATALOGUE_DATABASE_PASSWORD and so on. REIHE_DATABASE_PREFIX goes before the names (reihe).
set -eu

export PGUSER="${PGUSER:-${POSTGRES_USER:-postgres}}"
export PGDATABASE="${PGDATABASE:-postgres}"
prefix="${REIHE_DATABASE_PREFIX:-reihe}"

make_database() {
    DATABASE_PASSWORD="$2" psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set name="${prefix}_$1" <<'SQL'
\getenv password DATABASE_PASSWORD
SELECT format('CREATE ROLE %I', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" LOGIN PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING %L', :'name', :'name', 'UTF8')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
}

make_database catalogue "${REIHE_CATALOGUE_DATABASE_PASSWORD:?must be set}"
make_database registration "${REIHE_REGISTRATION_DATABASE_PASSWORD:?must be set}"
make_database notifications "${REIHE_NOTIFICATIONS_DATABASE_PASSWORD:?must be set}"
