"""The design that comes to mind first: APScheduler jobs that load the file with pydub and play it.

naive.py SCHEDULE FILE ITEMS
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler
from pydub import AudioSegment
from pydub.playback import play
from running import pause


def main():
    schedule, path, items = sys.argv[1:]

    def sound():
        for _ in range(int(items)):
            play(AudioSegment.from_file(path))

    jobs = BackgroundScheduler(timezone=UTC)
    for line in Path(schedule).read_text(encoding="ascii").split():
        jobs.add_job(sound, "date", run_date=datetime.fromtimestamp(float(line), UTC))
    jobs.start()
    while jobs.get_jobs():
        pause(0.5)
    jobs.shutdown()


if __name__ == "__main__":
    main()
