package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** Alarms that ring by themselves, for tests without a flight. */
public final class TimedAlarms implements Function<Deadline, ExchangeTimeout> {
    @Override
    public ExchangeTimeout apply(Deadline at) {
        ExchangeTimeout alarm = new ExchangeTimeout(at, () -> at, Task.INTERRUPTS);
        Thread.startVirtualThread(() -> {
            while (!at.passed()) {
                LockSupport.parkNanos(at.left());
            }
            alarm.look(System.nanoTime());
        });
        return alarm;
    }
}
