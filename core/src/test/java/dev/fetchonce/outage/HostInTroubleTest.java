package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Hosts with many URLs or many users are in trouble for some seconds of real time, while all of them are asked. All
 * trials run at once, because they mostly wait.
 */
class HostInTroubleTest {
    private static final Duration STALE_AT_ONCE = Duration.ofNanos(1);

    /** The connections that serve first fetches until the third failure is known. */
    private static final int CONNECTIONS = 64;

    private static final int PROBES_IN_FIVE_SECONDS = 70;

    @RegisterExtension
    final Invariants given = new Invariants();

    private interface Ask {
        CachedResponse response() throws Exception;
    }

    /** A part of the test with a host of its own. */
    private interface Trial {
        void run(Host host) throws Exception;
    }

    @Test
    void all_calls_are_served_and_the_host_gets_few_requests() {
        List<Trial> trials = List.of(
                Host::limitsOneOfAHundredUsers,
                Host::breaksOneUrlOfFour,
                Host::breaksAThousandUrls,
                Host::hangsBesideAGoodUrl,
                Host::flaps,
                host -> host.isSlow(1_300),
                host -> host.isSlow(3_000));
        Crowd<Boolean> crowd = Crowd.of(trials.size(), i -> () -> {
            trials.get(i).run(new Host());
            return true;
        });
        assertThat(crowd.values()).hasSize(trials.size());
    }

    /** A host, its cache and its callers. */
    private final class Host {
        private final FakeOrigin origin = given.origin();
        private final AtomicBoolean over = new AtomicBoolean();

        private HttpCache cache() {
            return given.withBackoff(b -> b.ttl(STALE_AT_ONCE).patience(Duration.ofSeconds(40)));
        }

        /** Makes callers ask in a loop until the time is over; each returns the ways in which it was served. */
        private Crowd<Set<Served>> callers(int size, IntFunction<Ask> asks) {
            return Crowd.of(size, i -> () -> {
                Ask ask = asks.apply(i);
                Set<Served> served = ConcurrentHashMap.newKeySet();
                while (!over.get()) {
                    served.add(ask.response().served());
                    Thread.sleep(20); // lets other threads run
                }
                return served;
            });
        }

        private void passes(Duration time) {
            long start = System.nanoTime();
            Await.until("time has passed", () -> System.nanoTime() - start > time.toNanos());
        }

        private HttpRequest of(int user) {
            return HttpRequest.newBuilder(origin.uri("/limited"))
                    .header("Authorization", "Bearer " + user)
                    .build();
        }

        void limitsOneOfAHundredUsers() throws Exception {
            HttpCache cache = cache();
            AtomicBoolean limits = new AtomicBoolean();
            Set<Integer> asked = ConcurrentHashMap.newKeySet();
            origin.on("/limited", call -> {
                if (limits.get() && call.field("Authorization").orElseThrow().equals("Bearer 0")) {
                    asked.add(call.number());
                    call.status(429, "Retry-After: 2");
                } else {
                    call.json("[1]");
                }
            });
            for (int user = 0; user < 100; user++) {
                cache.fetch(of(user));
            }
            limits.set(true);
            Crowd<Set<Served>> callers = callers(100, user -> () -> cache.fetch(of(user)));
            passes(Duration.ofSeconds(5));
            over.set(true);
            assertThat(callers.values().subList(1, 100))
                    .as("the other users")
                    .allSatisfy(served -> assertThat(served)
                            .contains(Served.FETCHED)
                            .doesNotContain(Served.STALE_BACKOFF, Served.STALE_ERROR));
            assertThat(callers.values().getFirst()).contains(Served.STALE_BACKOFF);
            assertThat(asked).as("at 0 s, 2 s and 4 s").hasSizeBetween(1, 3);
        }

        void breaksOneUrlOfFour() throws Exception {
            HttpCache cache = cache();
            for (int i = 0; i < 4; i++) {
                origin.json("/" + i, "[1]");
                cache.get(origin.url("/" + i));
            }
            origin.on("/0", call -> call.status(503));
            int before = origin.requests("/0");
            Crowd<Set<Served>> callers = callers(40, i -> () -> cache.fetch(origin.url("/" + i % 4)));
            passes(Duration.ofSeconds(5));
            over.set(true);
            for (int i = 0; i < 40; i++) {
                if (i % 4 != 0) {
                    assertThat(callers.values().get(i)).doesNotContain(Served.STALE_BACKOFF, Served.STALE_ERROR);
                }
            }
            assertThat(origin.requests("/0") - before).isBetween(2, 16);
        }

        void breaksAThousandUrls() throws Exception {
            HttpCache cache = cache();
            for (int i = 0; i < 1_000; i++) {
                origin.json("/" + i, "[1]");
                cache.get(origin.url("/" + i));
            }
            int before = origin.requests();
            for (int i = 0; i < 1_000; i++) {
                origin.on("/" + i, call -> call.status(503));
            }
            Crowd<Set<Served>> callers = callers(1_000, i -> () -> cache.fetch(origin.url("/" + i)));
            passes(Duration.ofSeconds(5));
            int during = origin.requests() - before;
            for (int i = 0; i < 1_000; i++) {
                origin.json("/" + i, "[2]");
            }
            Await.until("all URLs are fresh", () -> {
                int renewed = 0;
                for (int i = 0; i < 1_000; i++) {
                    renewed +=
                            cache.peek(origin.uri("/" + i)).orElseThrow().text().equals("[2]") ? 1 : 0;
                }
                return renewed == 1_000;
            });
            over.set(true);
            assertThat(callers.values()).hasSize(1_000);
            assertThat(during).as("requests in five seconds").isBetween(4, CONNECTIONS + PROBES_IN_FIVE_SECONDS);
        }

        void hangsBesideAGoodUrl() throws Exception {
            HttpCache cache = cache();
            for (int i = 0; i < 200; i++) {
                origin.json("/" + i, "[1]");
                cache.get(origin.url("/" + i));
            }
            for (int i = 0; i < 200; i++) {
                origin.on("/" + i, Call::awaitDisconnect);
            }
            origin.json("/good", "[1]");
            cache.get(origin.url("/good"));
            int before = origin.requests();
            Crowd<Set<Served>> callers = callers(201, i -> () -> cache.fetch(origin.url(i == 200 ? "/good" : "/" + i)));
            passes(Duration.ofSeconds(5));
            over.set(true);
            assertThat(callers.values().get(200)).doesNotContain(Served.STALE_ERROR);
            assertThat(callers.values().subList(0, 200))
                    .allSatisfy(served -> assertThat(served).doesNotContain(Served.FETCHED));
            int opened = 1 + origin.requests("/good"); // each success of the good URL opens the host
            assertThat(origin.requests() - before).isBetween(4, opened * CONNECTIONS + PROBES_IN_FIVE_SECONDS);
        }

        void isSlow(long latency) throws Exception {
            HttpCache cache = cache();
            origin.on("/slow", call -> {
                Thread.sleep(latency); // the slowness of the origin
                call.json("[" + call.number() + "]");
            });
            assertThat(cache.fetch(origin.url("/slow")).served()).isEqualTo(Served.FETCHED);
            assertThat(origin.requests()).isEqualTo(1);
            Await.until(
                    "it is renewed in the background",
                    () -> !cache.fetch(origin.url("/slow")).text().equals("[1]"));
            assertThat(origin.requests()).as("exchanges of 1 s, 2 s and 4 s").isLessThanOrEqualTo(5);
        }

        void flaps() throws Exception {
            HttpCache cache = cache();
            AtomicBoolean ill = new AtomicBoolean();
            for (int i = 0; i < 4; i++) {
                origin.on("/" + i, call -> {
                    if (ill.get()) {
                        call.status(503);
                    } else {
                        call.json("[1]");
                    }
                });
                cache.get(origin.url("/" + i));
            }
            Crowd<Set<Served>> callers = callers(40, i -> () -> cache.fetch(origin.url("/" + i % 4)));
            for (int i = 0; i < 6; i++) {
                ill.set(i % 2 == 0);
                passes(Duration.ofMillis(800));
            }
            Await.until("every URL is out of trouble", () -> {
                int troubled = 0;
                for (int i = 0; i < 4; i++) {
                    troubled += cache.fetch(origin.url("/" + i)).trouble().isPresent() ? 1 : 0;
                }
                return troubled == 0;
            });
            over.set(true);
            assertThat(callers.values())
                    .allSatisfy(served -> assertThat(served).containsAnyOf(Served.FETCHED, Served.COLLAPSED));
        }
    }
}
