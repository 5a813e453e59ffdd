package dev.fetchonce.internal.origin;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.ExchangeTimeout;
import dev.fetchonce.internal.http.failure.ExchangeLimit;
import java.time.Duration;
import java.util.function.Function;

/** The limit of a test on one exchange, from now on. */
final class TimedLimit implements TimeLimit {
    private final Function<Deadline, ExchangeTimeout> alarms;
    private final Duration time;
    private final Deadline deadline;

    TimedLimit(Function<Deadline, ExchangeTimeout> alarms, Duration time) {
        this.alarms = alarms;
        this.time = time;
        this.deadline = Deadline.after(time);
    }

    @Override
    public Deadline deadline() {
        return deadline;
    }

    @Override
    public ExchangeTimeout alarm() {
        return alarms.apply(deadline);
    }

    @Override
    public String exceeded() {
        return new ExchangeLimit(time.toNanos(), ExchangeLimit.Bound.TIMEOUT).toString();
    }
}
