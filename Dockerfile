# The image of Dailies: deploy/README.md says how to build and run it, and how its steps are tested.
FROM debian:bookworm-slim AS packages
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.lock /build/
RUN python3 -m venv /opt/dailies \
    && /opt/dailies/bin/pip install --no-cache-dir --require-hashes -r /build/requirements.lock \
    && /opt/dailies/bin/pip uninstall -y pip setuptools

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin dailies \
    && install --directory --owner=dailies --group=dailies --mode=700 /data
COPY --from=packages /opt/dailies /opt/dailies
WORKDIR /srv/dailies
COPY .streamlit/config.toml .streamlit/
COPY data/catalog data/catalog
COPY data/samples data/samples
COPY core core
COPY pages pages
COPY app.py ./
RUN /opt/dailies/bin/python -m compileall -q app.py core pages
ENV PATH=/opt/dailies/bin:/usr/bin:/bin HOME=/tmp PYTHONDONTWRITEBYTECODE=1 DAILIES_DATA_DIR=/data
USER dailies
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/healthz')"]
CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0"]
