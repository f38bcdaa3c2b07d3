# Run by the container at the first start of its volume: a database and three roles for each service. The owner migrates;
# the service runs as a role that reaches no other database, changes no schema and no event. The privacy role masks
# personal data in events; nobody logs in as it before `alter role accounts_privacy login password '...'` says so.
(
set -euo pipefail # in a subshell: the container's entry point reads this file into its own

for service in accounts engagement health feedback renewals; do
  owner_password="PASSWORD_${service}_owner"
  runtime_password="PASSWORD_${service}"
  psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set service="$service" --set owner="${service}_owner" --set privacy="${service}_privacy" \
    --set owner_password="${!owner_password}" --set runtime_password="${!runtime_password}" <<'SQL'
create role :"owner" login nosuperuser nocreatedb nocreaterole password :'owner_password';
create role :"service" login nosuperuser nocreatedb nocreaterole password :'runtime_password';
create role :"privacy" nologin nosuperuser nocreatedb nocreaterole;
create database :"service" owner :"owner";
revoke all on database :"service" from public;
grant connect on database :"service" to :"service", :"privacy";
\connect :"service"
revoke all on schema public from public;
grant all on schema public to :"owner";
grant usage on schema public to :"service";
SQL
done

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
revoke all on database postgres from public;
revoke all on database template1 from public;
SQL
)
