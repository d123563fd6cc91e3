# One image for web, worker and beat. Node is only in the first stage: no page needs it.
FROM node:24-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim-bookworm
# Debian 12's postgresql-client is version 15, as the database is: pg_dump refuses a server newer than itself.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 1000 arshjul
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=assets /app/node_modules node_modules
# The files of the site are made once, on the embedded settings; nothing of them depends on an installation.
RUN python bin/build_assets.py \
 && for po in locale/*/LC_MESSAGES/*.po; do \
      python -m babel.messages.frontend compile -i "$po" -o "${po%.po}.mo" -l "$(echo "$po" | cut -d/ -f2)"; \
    done \
 && python manage.py collectstatic --noinput \
 && rm -rf node_modules var/secret_key \
 && mkdir -m 700 var/files var/backups \
 && chown -R arshjul var
# The volumes mounted there take over these folders' owner.
USER arshjul
EXPOSE 8000
CMD ["waitress-serve", "--listen=*:8000", "--threads=8", "--trusted-proxy=*", \
     "--trusted-proxy-headers=x-forwarded-for x-forwarded-proto", "config.wsgi:application"]
