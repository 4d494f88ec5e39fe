#!/bin/sh
# What the official image's entry point does with its variables, as far as a sample pod needs it:
# an empty data folder is initialised, then root's password, one database and one user for it are set.
set -eu

if [ "$(id -u)" -eq 0 ]; then
  chown -R mysql:mysql /var/lib/mysql /run/mysqld
  exec su -s /bin/sh mysql -c 'exec "$0" "$@"' -- "$0" "$@"
fi

[ "${1:-mariadbd}" = mariadbd ] || exec "$@"
[ $# -eq 0 ] || shift

if [ ! -d /var/lib/mysql/mysql ]; then
  if [ -z "${MARIADB_ROOT_PASSWORD:-}${MARIADB_ALLOW_EMPTY_ROOT_PASSWORD:-}" ]; then
    echo "Database is uninitialized and password option is not specified: set MARIADB_ROOT_PASSWORD" >&2
    exit 1
  fi
  mariadb-install-db --datadir=/var/lib/mysql --skip-test-db --auth-root-authentication-method=normal >/dev/null
  # The first start runs these statements before a client can connect.
  {
    quote() { printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e "s/'/\\\\'/g"; }
    root=$(quote "${MARIADB_ROOT_PASSWORD:-}")
    echo "ALTER USER root@localhost IDENTIFIED BY '$root';"
    echo "CREATE USER root@'${MARIADB_ROOT_HOST:-%}' IDENTIFIED BY '$root';"
    echo "GRANT ALL ON *.* TO root@'${MARIADB_ROOT_HOST:-%}' WITH GRANT OPTION;"
    [ -z "${MARIADB_DATABASE:-}" ] || echo "CREATE DATABASE IF NOT EXISTS \`$MARIADB_DATABASE\`;"
    if [ -n "${MARIADB_USER:-}" ] && [ -n "${MARIADB_PASSWORD:-}" ]; then
      echo "CREATE USER '$MARIADB_USER'@'%' IDENTIFIED BY '$(quote "$MARIADB_PASSWORD")';"
      [ -z "${MARIADB_DATABASE:-}" ] || echo "GRANT ALL ON \`$MARIADB_DATABASE\`.* TO '$MARIADB_USER'@'%';"
    fi
  } >/var/lib/mysql/first-start.sql
  chmod 600 /var/lib/mysql/first-start.sql
  set -- --init-file=/var/lib/mysql/first-start.sql "$@"
fi

exec mariadbd --datadir=/var/lib/mysql --socket=/run/mysqld/mysqld.sock --bind-address='*' --skip-name-resolve "$@"
