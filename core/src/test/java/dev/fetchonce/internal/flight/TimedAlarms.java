package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import java.util.concurrent.locks.LockSupport;

/** Alarms that ring by themselves, for tests without a flight. */
public final class TimedAlarms implements Alarms {
    @Override
    public ExchangeTimeout set(Deadline at) {
        ExchangeTimeout alarm = new ExchangeTimeout(at, Task.INTERRUPTS);
        Thread.startVirtualThread(() -> {
            while (!at.passed()) {
                LockSupport.parkNanos(at.left());
            }
            alarm.look(System.nanoTime());
        });
        return alarm;
    }
}
