package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.HttpCache;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An origin in trouble for five seconds of real time, and fifty callers in a loop. The cache answers all calls, with
 * few requests.
 */
class OutageTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    /** The ways in which an origin can be out of order for a while. */
    enum Outage {
        STATUS_503 {
            @Override
            void begin(FakeOrigin origin) {
                origin.on("/a", call -> call.status(503));
            }
        },
        STATUS_503_WITH_RETRY_AFTER {
            @Override
            void begin(FakeOrigin origin) {
                origin.on("/a", call -> call.status(503, "Retry-After: 2"));
            }
        },
        REFUSED {
            @Override
            void begin(FakeOrigin origin) {
                origin.down();
            }

            @Override
            void end(FakeOrigin origin, AtomicInteger answers) {
                super.end(origin, answers);
                origin.up();
            }
        },
        HANGS {
            @Override
            void begin(FakeOrigin origin) {
                origin.on("/a", Call::awaitDisconnect);
            }
        },
        RESETS {
            @Override
            void begin(FakeOrigin origin) {
                origin.on("/a", Call::reset);
            }
        },
        DRIPS {
            @Override
            void begin(FakeOrigin origin) {
                origin.on("/a", call -> {
                    call.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
                    while (true) { // until the client leaves and a write fails
                        call.raw(" ");
                        Thread.sleep(20);
                    }
                });
            }
        },
        COMES_BACK_SLOWLY {
            @Override
            void begin(FakeOrigin origin) {
                origin.on("/a", call -> call.status(500));
            }

            @Override
            void end(FakeOrigin origin, AtomicInteger answers) {
                origin.on("/a", call -> {
                    answers.incrementAndGet();
                    Thread.sleep(300); // the origin is slow; no test step waits for it
                    call.json("[2]");
                });
            }
        };

        abstract void begin(FakeOrigin origin);

        /** Ends the outage, and counts the responses of the origin from now on. */
        void end(FakeOrigin origin, AtomicInteger answers) {
            origin.on("/a", call -> {
                answers.incrementAndGet();
                call.json("[2]");
            });
        }

        /**
         * The timeout of the cache. It is short where the origin hangs or drips, and long elsewhere, because the
         * machine may be slow.
         */
        Duration timeout() {
            return this == HANGS || this == DRIPS ? Duration.ofSeconds(1) : Duration.ofSeconds(30);
        }
    }

    /** All outages run at once, because each of them lasts five seconds of real time. */
    @Test
    void fifty_callers_in_a_loop_are_all_served_through_an_outage_with_at_most_sixteen_requests() {
        Crowd<Outage> trials = Crowd.of(Outage.values().length, i -> () -> outage(Outage.values()[i]));
        assertThat(trials.values()).containsExactly(Outage.values());
    }

    private Outage outage(Outage outage) throws Exception {
        FakeOrigin troubled = given.origin().json("/a", "[1]");
        AtomicBoolean first = new AtomicBoolean(true);
        AtomicInteger asked = new AtomicInteger();
        HttpCache cache =
                given.withBackoff(b -> b.ttl(uri -> first.getAndSet(false) ? Duration.ofNanos(1) : Duration.ofHours(1))
                        .timeout(outage.timeout())
                        .firstTimeout(outage.timeout())
                        .patience(Duration.ofSeconds(40))
                        .requestCustomizer(request -> {
                            asked.incrementAndGet();
                            return request;
                        }));
        cache.get(troubled.url("/a"));
        outage.begin(troubled);
        AtomicInteger served = new AtomicInteger();
        AtomicLong longest = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        Crowd<Boolean> callers = Crowd.of(50, () -> {
            boolean recovered = false;
            while (!recovered) {
                long before = System.nanoTime();
                recovered = cache.fetch(troubled.url("/a")).text().equals("[2]");
                longest.accumulateAndGet(System.nanoTime() - before, Math::max);
                served.incrementAndGet();
                Thread.sleep(1); // lets other threads run
            }
            return over.get();
        });
        long start = System.nanoTime();
        Await.until("five seconds are over", () -> System.nanoTime() - start > 5_000_000_000L);
        int during = asked.get() - 1;
        over.set(true);
        AtomicInteger answers = new AtomicInteger();
        outage.end(troubled, answers);
        assertThat(callers.values())
                .as("served, and renewed after the outage: %s", outage)
                .hasSize(50)
                .containsOnly(true);
        assertThat(during).as("requests during %s", outage).isBetween(2, 16);
        assertThat(asked.get() - 1 - during).as("requests after %s", outage).isLessThanOrEqualTo(3);
        assertThat(answers).as("answers after %s", outage).hasValueBetween(1, 3);
        assertThat(served).hasValueGreaterThan(500);
        System.out.printf(
                "%s: %d requests in five seconds, %,d calls served, 0 failed, the longest %d ms%n",
                outage, during, served.get(), longest.get() / 1_000_000);
        return outage;
    }
}
