package dev.fetchonce.internal.backoff;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.failure.BackoffRule;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.KnockPace;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * The knockings of one cache, at most one for each origin. While callers ask for an origin whose host refuses
 * connections, a virtual thread looks again and again whether the host listens. An answered knock ends the wait of the
 * backoff, so that the next caller's fetch goes to look; it clears no failure and counts as no request. The number of
 * knockings is bounded: a further origin waits as without them. Thread-safe.
 */
public final class Knocker {
    /** The maximum number of knockings at one time. */
    static final int MOST = 100;

    private final Optional<Knocks> knocks;
    private final Backoffs backoffs;
    private final LongSupplier clock;
    private final KnockPace pace;
    private final DoubleSupplier random;
    private final ConcurrentHashMap<String, Knocking> knockings = new ConcurrentHashMap<>();
    private final Semaphore places = new Semaphore(MOST);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual()
            .name("fetchonce-knock")
            .inheritInheritableThreadLocals(false)
            .factory());

    /**
     * Makes a knocker that does not knock yet.
     *
     * @param knocks the way to knock; empty where the cache never knocks
     * @param clock the cache's monotonic clock
     * @param random numbers from 0 to 1
     */
    public Knocker(
            Optional<Knocks> knocks, Backoffs backoffs, LongSupplier clock, KnockPace pace, DoubleSupplier random) {
        this.knocks = knocks;
        this.backoffs = backoffs;
        this.clock = clock;
        this.pace = pace;
        this.random = random;
    }

    /**
     * Records that a backoff holds back a caller. A knocking begins or goes on where the host refuses connections. The
     * call costs one look-up while the origin has a knocking.
     *
     * @param origin the name of the origin
     * @param uri the URL of the caller
     */
    public void asked(String origin, URI uri) {
        Knocking present = knockings.get(origin);
        if (present != null && present.asked()) {
            return;
        }
        if (knocks.isEmpty() || backoffs.refusing(origin) == null || !places.tryAcquire()) {
            return;
        }
        if (present != null) {
            knockings.remove(origin, present);
        }
        Knocking mine = new Knocking(knocks.get(), origin, uri);
        if (knockings.putIfAbsent(origin, mine) == null) {
            start(mine);
        } else {
            places.release();
        }
    }

    private void start(Knocking knocking) {
        try {
            threads.execute(knocking);
        } catch (RejectedExecutionException e) { // the cache was closed meanwhile
            knocking.end();
        } catch (Throwable e) { // an OutOfMemoryError for example: the next caller tries again
            knocking.end();
            throw e;
        }
    }

    /** Returns the number of knockings under way. */
    int size() {
        return knockings.size();
    }

    /**
     * Ends all knockings and waits for their threads. Later calls start no knocking. An interrupt ends the wait and stays
     * pending.
     *
     * @return whether all threads ended before the deadline; the look-up of a host name cannot be interrupted
     */
    public boolean close(Deadline deadline) {
        threads.shutdownNow();
        try {
            return threads.awaitTermination(Math.max(0, deadline.left()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return threads.isTerminated();
        }
    }

    /** The knocking at one host. */
    private final class Knocking implements Runnable {
        /*
         * ASKED <-> QUIET: a caller sets ASKED, and the knocking's thread QUIET once in each pause. QUIET -> OVER by the
         * thread when no caller has asked for a while. OVER is final: a caller that finds it begins another knocking.
         */
        private enum Demand {
            ASKED,
            QUIET,
            OVER
        }

        private final AtomicReference<Demand> demand = new AtomicReference<>(Demand.ASKED);
        private final Knocks knocks;
        private final String origin;
        private final URI uri;

        Knocking(Knocks knocks, String origin, URI uri) {
            this.knocks = knocks;
            this.origin = origin;
            this.uri = uri;
        }

        /** Records that a caller asks; returns whether the knocking goes on. It writes at most once in each pause. */
        boolean asked() {
            return switch (demand.get()) {
                case ASKED -> true;
                case QUIET -> demand.compareAndSet(Demand.QUIET, Demand.ASKED) || demand.get() != Demand.OVER;
                case OVER -> false;
            };
        }

        @Override
        public void run() {
            try {
                Thread.currentThread().setName("fetchonce-knock " + uri.getHost() + ":" + Knocks.port(uri));
                knock();
            } catch (InterruptedException e) {
                // the cache is closed
            } catch (RuntimeException e) {
                // the clock of the application threw: its calls fail by that exception too
            } finally {
                end();
            }
        }

        /**
         * Knocks until the trouble or the demand ends. It knocks only during a wait, as only a wait can be shortened.
         * After an answer it waits for a refusal before another answer counts in this trouble: otherwise a host that
         * listens but lets no fetch connect would get a probe at each pace.
         */
        private void knock() throws InterruptedException {
            boolean direct = knocks.areDirect(uri);
            boolean answered = false;
            long quiet = 0;
            BackoffState before = backoffs.refusing(origin);
            while (before != null) {
                long failing = before.failingNanos(clock.getAsLong());
                long pause = pace.pause(failing, random.getAsDouble());
                Thread.sleep(Duration.ofNanos(pause));
                quiet = wanted() ? 0 : quiet + pause;
                if (quiet > pace.demandNanos(failing) && demand.compareAndSet(Demand.QUIET, Demand.OVER)) {
                    return;
                }
                BackoffState trouble = backoffs.refusing(origin);
                if (trouble != null) {
                    answered &= trouble.since() == before.since();
                    if (direct && BackoffRule.waits(trouble, clock.getAsLong())) {
                        answered = knock(answered);
                    }
                }
                before = trouble;
            }
        }

        /**
         * Knocks once.
         *
         * @param answered whether the knock before was answered
         * @return whether the knock was answered
         */
        private boolean knock(boolean answered) {
            boolean listens = knocks.answered(uri);
            if (listens && !answered) {
                backoffs.listens(origin, clock.getAsLong());
            }
            return listens;
        }

        /** Returns whether a caller has asked since the last pause, or waits for the host. */
        private boolean wanted() {
            return demand.compareAndSet(Demand.ASKED, Demand.QUIET) || backoffs.awaited(origin);
        }

        void end() {
            demand.set(Demand.OVER);
            knockings.remove(origin, this);
            places.release();
        }
    }
}
