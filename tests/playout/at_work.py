"""A playout at work in the calling thread, in real time, as its process would run it."""

from threading import Event

from scheduler.playout.service import Playout

STEP = 0.05


def work_until(over: Event, service: Playout) -> None:
    try:
        service.engine.start()
        service.start()
        service.alarms.start()
        while not over.wait(STEP):
            service.step()
    finally:
        service.alarms.stop()
        service.stop()
