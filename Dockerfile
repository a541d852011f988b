# The bot in a container: locked dependencies, no root, its database in the volume /data.
FROM python:3.13-slim AS build
COPY .locks/run.lock /tmp/run.lock
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r /tmp/run.lock

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin bot \
 && install -d -o bot -g bot /data
WORKDIR /app
COPY --from=build /venv /venv
COPY pyproject.toml LICENSE ./
COPY bot bot
COPY cogs cogs
COPY data data
RUN /venv/bin/python -m compileall -q bot cogs
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DATABASE_PATH=/data/community.db
USER bot
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-m", "bot", "health"]
# Exit codes 65 and 78 say that a restart changes nothing; see bot/exits.py.
CMD ["python", "-m", "bot"]
