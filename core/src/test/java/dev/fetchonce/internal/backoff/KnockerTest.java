package dev.fetchonce.internal.backoff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.KnockPace;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Latch;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The knockings at hosts that refuse connections. The waits of the backoff are much longer than any test. */
class KnockerTest {
    private static final String ORIGIN = "http://a.test";
    private static final URI URL = URI.create("http://a.test/1");
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final KnockPace FAST = new KnockPace(1_000_000, 1_000_000, 0);

    private final Door door = new Door();
    private volatile LongSupplier clock = System::nanoTime;
    private final Backoffs backoffs = new Backoffs(
            () -> clock.getAsLong(), new BackoffDelay(LONG.toNanos(), LONG.toNanos()), LONG.toNanos(), () -> 1);
    private final Knocker knocker = knocker(Optional.of(door));

    /** A host that listens or not, by decision of the test, and counts the knocks. */
    private static final class Door implements Knocks {
        private volatile boolean direct = true;
        private final Set<String> listening = ConcurrentHashMap.newKeySet();
        private volatile boolean hangs;
        private final Latch latch = new Latch();
        private final AtomicInteger directions = new AtomicInteger();
        private final Map<String, AtomicInteger> knocks = new ConcurrentHashMap<>();

        @Override
        public boolean areDirect(URI uri) {
            directions.incrementAndGet();
            return direct;
        }

        @Override
        public boolean answered(URI uri) {
            if (hangs) {
                latch.passWhateverHappens();
            }
            knocks.computeIfAbsent(uri.getHost(), host -> new AtomicInteger()).incrementAndGet();
            return listening.contains(uri.getHost());
        }

        int knocks() {
            return knocks.values().stream().mapToInt(AtomicInteger::get).sum();
        }

        /** Waits for two further knocks; the second one began after the call. */
        void awaitKnocks() {
            int before = knocks();
            Await.until("two more knocks", () -> knocks() >= before + 2);
        }
    }

    private Knocker knocker(Optional<Knocks> knocks) {
        return new Knocker(knocks, backoffs, () -> clock.getAsLong(), FAST, () -> 1);
    }

    @AfterEach
    void close() {
        door.latch.open();
        clock = System::nanoTime;
        assertThat(knocker.close(Deadline.after(Duration.ofSeconds(20)))).isTrue();
        assertThat(knocker.size()).isZero();
    }

    private static BackoffKey key(String origin) {
        return new BackoffKey(origin + "/1", origin + "/1", origin, "");
    }

    private void fail(String origin, Failure failure) {
        long now = clock.getAsLong();
        backoffs.landed(
                key(origin),
                Backoffs.NO_PROBE,
                new BackoffUpdate.Failed(failure, true, OptionalLong.empty(), true),
                now);
    }

    private void refuse() {
        refuse(ORIGIN);
    }

    private void refuse(String origin) {
        fail(origin, Failure.of(Reason.CONNECT, "refused", new ConnectException()));
    }

    private Outlook outlook() {
        return backoffs.outlook(key(ORIGIN), clock.getAsLong());
    }

    private void asked() {
        knocker.asked(ORIGIN, URL);
    }

    /** Asks until the condition holds. */
    private void askedUntil(String what, Callable<Boolean> condition) {
        Await.until(what, () -> {
            asked();
            return condition.call();
        });
    }

    @Test
    void answered_knock_makes_the_next_probe_due_and_clears_no_failure() {
        refuse();
        asked();
        door.awaitKnocks();
        assertThat(outlook()).isInstanceOf(Outlook.Held.class);
        door.listening.add("a.test");
        askedUntil("the probe is due", () -> outlook() instanceof Outlook.Due);
        assertThat(((Outlook.Due) outlook()).trouble().failures()).isEqualTo(1);
        assertThat(backoffs.admit(key(ORIGIN), clock.getAsLong())).isInstanceOf(Backoffs.Admitted.class);
        assertThat(backoffs.admit(key(ORIGIN), clock.getAsLong())).isInstanceOf(Backoffs.Refused.class);
    }

    @Test
    void knocking_ends_when_the_origin_answers() {
        refuse();
        asked();
        door.awaitKnocks();
        backoffs.landed(key(ORIGIN), Backoffs.NO_PROBE, new BackoffUpdate.Answered(), clock.getAsLong());
        askedUntil("the knocking is over", () -> knocker.size() == 0);
    }

    @Test
    void knocking_stops_when_a_connection_was_accepted() {
        refuse();
        asked();
        door.awaitKnocks();
        fail(ORIGIN, Failure.of(Reason.TIMEOUT, "late"));
        askedUntil("the knocking is over", () -> knocker.size() == 0);
    }

    @Test
    void no_knock_while_a_probe_is_out() {
        refuse();
        asked();
        door.listening.add("a.test");
        askedUntil("the probe is due", () -> outlook() instanceof Outlook.Due);
        assertThat(backoffs.admit(key(ORIGIN), clock.getAsLong())).isInstanceOf(Backoffs.Admitted.class);
        int before = door.knocks();
        refuse("http://b.test");
        Await.until("another host had several knocks", () -> {
            asked();
            knocker.asked("http://b.test", URI.create("http://b.test/1"));
            return door.knocks.containsKey("b.test")
                    && door.knocks.get("b.test").get() >= 5;
        });
        assertThat(door.knocks.get("a.test").get()).isBetween(before, before + 1); // one may have been under way
        assertThat(knocker.size()).isEqualTo(2);
    }

    @Test
    void host_that_answers_knocks_but_refuses_the_probe_gets_one_probe_until_it_refuses_a_knock() {
        refuse();
        asked();
        door.listening.add("a.test");
        askedUntil("the probe is due", () -> outlook() instanceof Outlook.Due);
        Backoffs.Admitted probe = (Backoffs.Admitted) backoffs.admit(key(ORIGIN), clock.getAsLong());
        backoffs.landed(
                key(ORIGIN),
                probe.probe(),
                new BackoffUpdate.Failed(
                        Failure.of(Reason.CONNECT, "refused", new ConnectException()),
                        true,
                        OptionalLong.empty(),
                        true),
                clock.getAsLong());
        asked();
        door.awaitKnocks();
        door.awaitKnocks();
        assertThat(outlook()).isInstanceOf(Outlook.Held.class);
        door.listening.remove("a.test");
        door.awaitKnocks();
        asked();
        door.listening.add("a.test");
        askedUntil("the probe is due again", () -> outlook() instanceof Outlook.Due);
    }

    @Test
    void next_trouble_of_a_host_begins_without_an_answered_knock() {
        for (int i = 0; i < 3; i++) { // each trouble begins before the knocking notices the end of the last one
            refuse();
            asked();
            door.listening.add("a.test");
            askedUntil("the probe is due", () -> outlook() instanceof Outlook.Due);
            backoffs.landed(key(ORIGIN), Backoffs.NO_PROBE, new BackoffUpdate.Answered(), clock.getAsLong());
        }
    }

    @Test
    void callers_of_one_origin_share_one_knocking() {
        refuse();
        Crowd.of(200, () -> {
                    asked();
                    return knocker.size();
                })
                .values()
                .forEach(size -> assertThat(size).isEqualTo(1));
        door.awaitKnocks();
        assertThat(door.directions).hasValue(1);
    }

    @Test
    void further_origin_than_the_hundredth_has_no_knocking_until_a_place_is_free() {
        door.hangs = true;
        for (int i = 0; i <= Knocker.MOST; i++) {
            refuse("http://" + i + ".test");
            knocker.asked("http://" + i + ".test", URI.create("http://" + i + ".test/"));
        }
        assertThat(knocker.size()).isEqualTo(Knocker.MOST);
        door.hangs = false;
        door.latch.open();
        backoffs.landed(key("http://0.test"), Backoffs.NO_PROBE, new BackoffUpdate.Answered(), clock.getAsLong());
        String last = Knocker.MOST + ".test";
        Await.until("the last origin has a knocking", () -> {
            knocker.asked("http://" + last, URI.create("http://" + last + "/"));
            return door.knocks.containsKey(last);
        });
    }

    @Test
    void knocking_ends_without_demand_and_begins_again_with_a_call() {
        refuse();
        asked();
        door.awaitKnocks();
        Await.until("the knocking is over", () -> knocker.size() == 0);
        assertThat(outlook()).isInstanceOf(Outlook.Held.class);
        asked();
        assertThat(knocker.size()).isEqualTo(1);
        door.awaitKnocks();
        assertThat(door.directions).hasValue(2);
    }

    @Test
    void waiting_caller_keeps_the_knocking_and_wakes_by_its_answer() throws InterruptedException {
        refuse();
        asked();
        CountDownLatch woken = new CountDownLatch(1);
        Thread waiter = Thread.ofVirtual().start(() -> {
            try {
                backoffs.await(key(ORIGIN), LONG.toNanos());
                woken.countDown();
            } catch (InterruptedException e) {
                // the test fails
            }
        });
        Await.until("the caller waits", () -> backoffs.awaited(ORIGIN));
        int before = door.knocks();
        Await.until("knocks for longer than a call wants them", () -> door.knocks() >= before + 2_500);
        assertThat(knocker.size()).isEqualTo(1);
        door.listening.add("a.test");
        assertThat(woken.await(20, TimeUnit.SECONDS)).isTrue();
        waiter.join();
    }

    @Test
    void proxied_origin_gets_no_knock_and_its_selector_one_question() {
        door.direct = false;
        refuse();
        refuse("http://b.test");
        asked();
        Await.until("the selector was asked", () -> door.directions.get() == 1);
        door.direct = true;
        Await.until("another host had many knocks", () -> {
            asked();
            knocker.asked("http://b.test", URI.create("http://b.test/1"));
            return door.knocks() >= 50;
        });
        assertThat(door.knocks.keySet()).isEqualTo(Set.of("b.test"));
        assertThat(door.directions).hasValue(2);
    }

    @Test
    void no_knocking_where_the_host_listens_or_nothing_has_failed() {
        asked();
        fail(ORIGIN, Failure.of(Reason.CONNECT, "tls", new SSLHandshakeException("expired")));
        assertThat(outlook()).isInstanceOf(Outlook.Held.class);
        asked();
        fail("http://b.test", Failure.of(503, "busy"));
        knocker.asked("http://b.test", URI.create("http://b.test/1"));
        assertThat(knocker.size()).isZero();
        assertThat(door.directions).hasValue(0);
    }

    @Test
    void knocker_without_knocks_begins_no_knocking() {
        Knocker none = knocker(Optional.empty());
        refuse();
        none.asked(ORIGIN, URL);
        assertThat(none.size()).isZero();
        assertThat(none.close(Deadline.after(Duration.ZERO))).isTrue();
    }

    @Test
    void clock_that_throws_ends_the_knocking_and_a_later_call_begins_another() {
        refuse();
        asked();
        door.awaitKnocks();
        clock = () -> {
            throw new IllegalStateException("the clock of the application");
        };
        Await.until("the knocking is over", () -> knocker.size() == 0);
        clock = System::nanoTime;
        asked();
        door.awaitKnocks();
    }

    @Test
    void closed_knocker_ends_its_knockings_and_begins_none() {
        refuse();
        asked();
        door.awaitKnocks();
        assertThat(knocker.close(Deadline.after(Duration.ofSeconds(20)))).isTrue();
        assertThat(knocker.size()).isZero();
        asked();
        assertThat(knocker.size()).isZero();
    }

    @Test
    void close_does_not_wait_longer_than_its_bound_for_a_knock_that_hangs() {
        door.hangs = true;
        refuse();
        asked();
        door.latch.awaitArrivals(1);
        assertThat(knocker.close(Deadline.after(Duration.ZERO))).isFalse();
        Thread.currentThread().interrupt();
        assertThat(knocker.close(Deadline.after(Duration.ofMinutes(5)))).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }
}
