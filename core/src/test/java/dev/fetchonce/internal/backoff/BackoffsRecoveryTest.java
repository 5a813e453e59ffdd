package dev.fetchonce.internal.backoff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.backoff.Backoffs.Admitted;
import dev.fetchonce.internal.backoff.Backoffs.Refused;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.Fields;
import dev.fetchonce.testing.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sick hosts, the ends of their waits, the limits of users, and callers that wait. */
class BackoffsRecoveryTest extends BackoffsFixture {
    @Test
    void ten_thousand_failing_urls_of_a_sick_host_get_three_requests_a_wait() {
        for (int i = 0; i < 10_000; i++) {
            lands(url("u" + i), BROKEN);
        }
        for (int wait = 0; wait < 5; wait++) {
            passes(1_000);
            int admitted = 0;
            for (int i = 0; i < 10_000; i++) {
                Backoffs.Admission admission = backoffs.admit(url("u" + i), now());
                if (admission instanceof Admitted probe) {
                    backoffs.landed(url("u" + i), probe.probe(), BROKEN, now());
                    admitted++;
                }
            }
            // A URL that the bounded store has forgotten asks in turn.
            assertThat(admitted).isBetween(3, 4);
        }
    }

    @Test
    void a_healthy_url_beside_six_broken_ones_asks_at_once() {
        for (int i = 0; i < 6; i++) {
            lands(url("u" + i), BROKEN);
        }
        for (int i = 0; i < 6; i++) {
            assertThat(refused(url("u" + i))).isTrue();
        }
        assertThat(outlook(A)).isEqualTo("due after 6");
        long turn = probe(A);
        backoffs.landed(A, turn, ANSWERED, now());
        assertThat(outlook(A)).isEqualTo("clear");
        assertThat(outlook(B)).isEqualTo("clear");
    }

    @Test
    void urls_that_always_fail_beside_a_healthy_one_are_asked_no_more_often_than_their_waits_say() {
        List<BackoffKey> broken = List.of(url("x"), url("y"), url("z"));
        int requests = 0;
        for (int tick = 0; tick < 60_000; tick += 20) { // a minute of a busy healthy URL
            for (BackoffKey key : broken) {
                if (backoffs.admit(key, now()) instanceof Admitted probe) {
                    backoffs.landed(key, probe.probe(), BROKEN, now());
                    requests++;
                }
            }
            if (backoffs.admit(A, now()) instanceof Admitted probe) {
                backoffs.landed(A, probe.probe(), ANSWERED, now());
            }
            passes(20);
        }
        // Waits of 1 s for 10 s, then of a tenth of the time: 28 each, and one more after the first recovery.
        assertThat(requests).isBetween(3 * 20, 3 * 30);
    }

    // Recovery

    @Test
    void the_recovery_of_a_host_ends_the_waits_that_began_with_its_trouble() {
        lands(url("x"), BROKEN);
        lands(A, BROKEN);
        assertThat(outlook(A)).isEqualTo("held for 1000 ms after 1");
        lands(B, ANSWERED);
        assertThat(outlook(A)).as("the host was not in trouble").isEqualTo("held for 1000 ms after 1");
        backoffs.forget(url -> true);
        lands(url("x"), BROKEN);
        lands(url("y"), BROKEN);
        lands(A, BROKEN);
        assertThat(outlook(A)).startsWith("held");
        lands(B, ANSWERED);
        assertThat(outlook(A)).isEqualTo("due after 1");
        assertThat(outlook(url("x"))).isEqualTo("due after 1");
    }

    @Test
    void the_recovery_of_a_host_ends_no_wait_that_an_origin_requested() {
        lands(A, requesting(Failure.of(503, "no"), 5));
        lands(of(url("c"), "me"), requesting(Failure.of(429, "no"), 6));
        sick();
        lands(B, ANSWERED);
        assertThat(outlook(A)).isEqualTo("held for 5000 ms after 1");
        assertThat(outlook(of(A, "me"))).isEqualTo("held for 6000 ms after 1");
        assertThat(outlook(url("x"))).isEqualTo("due after 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://h:8080", "http://h.evil", "https://h", "http://g"})
    void the_recovery_of_a_host_ends_no_wait_of_another_host(String other) {
        lands(of(other, "a"), BROKEN);
        sick();
        lands(B, ANSWERED);
        assertThat(outlook(url("x"))).isEqualTo("due after 1");
        assertThat(outlook(of(other, "a"))).isEqualTo("held for 1000 ms after 1");
    }

    @Test
    void the_recovery_of_a_host_ends_the_waits_of_all_partitions() {
        lands(of(url("x"), "me"), BROKEN);
        lands(of(url("y"), "you"), BROKEN);
        lands(url("z"), BROKEN);
        lands(B, ANSWERED);
        assertThat(outlook(of(url("x"), "me"))).isEqualTo("due after 1");
        assertThat(outlook(of(url("y"), "you"))).isEqualTo("due after 1");
    }

    // Rate limits

    @Test
    void an_answer_to_a_request_sent_before_the_limit_does_not_end_a_requested_wait() {
        lands(A, requesting(Failure.of(429, "limited"), 60));
        lands(B, ANSWERED);
        assertThat(outlook(B)).isEqualTo("held for 60000 ms after 1");
        passes(60_000);
        long probe = probe(B);
        assertThat(refused(url("c"))).as("one probe of the user").isTrue();
        backoffs.landed(B, probe, ANSWERED, now());
        assertThat(outlook(url("c"))).isEqualTo("clear");
    }

    @Test
    void a_404_after_the_wait_of_a_limit_ends_the_limit() {
        lands(A, LIMITED);
        passes(1_000);
        long probe = probe(B);
        backoffs.landed(B, probe, new BackoffUpdate.Failed(GONE, false, OptionalLong.empty(), true), now());
        assertThat(outlook(B)).isEqualTo("clear");
    }

    @Test
    void a_limit_of_a_user_is_a_place_of_its_own() {
        BackoffKey mine = of(A, "me");
        lands(mine, requesting(Failure.of(429, "limited"), 10));
        lands(mine, requesting(Failure.of(503, "no"), 20));
        passes(10_000);
        assertThat(outlook(of(B, "me"))).isEqualTo("due after 1");
        assertThat(outlook(mine)).isEqualTo("held for 10000 ms after 2");
        assertThat(outlook(of(A, "you"))).isEqualTo("clear");
        assertThat(outlook(A)).isEqualTo("clear");
    }

    // Actions of the application

    @Test
    void a_retry_now_of_one_url_ends_its_wait_and_that_of_its_host() {
        lands(A, REFUSED);
        lands(B, BROKEN);
        lands(of(A, "me"), BROKEN);
        backoffs.retryNow(A.url()::equals, Set.of(A.origin()), now());
        assertThat(outlook(A)).startsWith("due");
        assertThat(outlook(of(A, "me"))).startsWith("due");
        assertThat(outlook(B)).isEqualTo("held for 1000 ms after 1");
    }

    @Test
    void a_retry_now_of_all_urls_ends_all_waits_except_the_requested_ones() {
        lands(A, BROKEN);
        lands(of("http://g", "a"), REFUSED);
        lands(B, requesting(Failure.of(503, "no"), 5));
        lands(of(url("c"), "me"), LIMITED);
        backoffs.retryNow(now());
        assertThat(outlook(A)).isEqualTo("due after 1");
        assertThat(outlook(of("http://g", "b"))).isEqualTo("due after 1");
        assertThat(outlook(B)).isEqualTo("held for 5000 ms after 1");
        assertThat(outlook(of(A, "me"))).as("a rate limit").isEqualTo("held for 1000 ms after 1");
    }

    @Test
    void a_probe_now_ends_the_wait_of_the_host_alone() {
        lands(A, REFUSED);
        lands(B, BROKEN);
        lands(A, REFUSED);
        backoffs.probeNow(Set.of("http://h", "http://unknown"), now());
        assertThat(outlook(url("c"))).isEqualTo("due after 1");
        assertThat(outlook(B)).isEqualTo("held for 1000 ms after 1");
    }

    @Test
    void a_url_that_is_forgotten_has_no_failure_in_any_partition() {
        lands(A, BROKEN);
        lands(of(A, "me"), BROKEN);
        lands(B, BROKEN);
        assertThat(backoffs.urls()).containsExactlyInAnyOrder(A.url(), B.url());
        backoffs.forget(A.url()::equals);
        assertThat(outlook(A)).isEqualTo("clear");
        assertThat(outlook(of(A, "me"))).isEqualTo("clear");
        assertThat(outlook(B)).startsWith("held");
        assertThat(backoffs.urls()).containsExactly(B.url());
    }

    @Test
    void backoffs_without_waits_hold_no_request_back() {
        Backoffs off = new Backoffs(clock::get, new BackoffDelay(1, 1), 1, () -> 1);
        off.landed(A, 0, REFUSED, 0);
        off.landed(A, 0, requesting(Failure.of(429, "limited"), 60), 0);
        assertThat(off.admit(A, 0)).isInstanceOf(Admitted.class);
        assertThat(words(off.outlook(A, 0))).isEqualTo("counted 2");
    }

    // Waits

    private Thread awaiting(BackoffKey key, long nanos, AtomicInteger awake) {
        return Thread.ofVirtual().start(() -> {
            try {
                backoffs.await(key, nanos);
                awake.incrementAndGet();
            } catch (InterruptedException e) {
                awake.addAndGet(1_000);
            }
        });
    }

    private static void waits(Thread thread) {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(thread.isAlive()).isTrue();
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"answer", "retryNow", "retryNow of the URL", "failed turn", "lost turn"})
    void a_caller_that_waits_for_its_turn_is_awake_after(String signal) throws InterruptedException {
        sick();
        long turn = probe(B);
        AtomicInteger awake = new AtomicInteger();
        Thread waiter = awaiting(A, 3_600 * SECOND, awake);
        waits(waiter);
        assertThat(awake).hasValue(0);
        switch (signal) {
            case "answer" -> lands(url("c"), ANSWERED);
            case "retryNow" -> backoffs.retryNow(now());
            case "retryNow of the URL" -> backoffs.retryNow(A.url()::equals, Set.of(A.origin()), now());
            case "failed turn" -> backoffs.landed(B, turn, BROKEN, now());
            default -> backoffs.returned(B, turn);
        }
        waiter.join();
        assertThat(awake).hasValue(1);
    }

    @Test
    void a_caller_that_waits_for_a_url_of_a_working_host_is_awake_after_a_retry_now() throws InterruptedException {
        lands(A, failure(GONE));
        AtomicInteger awake = new AtomicInteger();
        Thread waiter = awaiting(A, 3_600 * SECOND, awake);
        waits(waiter);
        backoffs.retryNow(now());
        waiter.join();
        assertThat(awake).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"url", "host", "user"})
    void a_caller_that_waits_for_a_probe_is_awake_when_the_probe_returns(String place) throws InterruptedException {
        lands(place.equals("url") ? A : B, place.equals("url") ? BROKEN : place.equals("host") ? REFUSED : LIMITED);
        passes(1_000);
        BackoffKey key = place.equals("url") ? A : B;
        long probe = probe(key);
        AtomicInteger awake = new AtomicInteger();
        Thread waiter = awaiting(A, 3_600 * SECOND, awake);
        waits(waiter);
        backoffs.landed(key, probe, BROKEN, now());
        waiter.join();
        assertThat(awake).hasValue(1);
    }

    @Test
    void a_caller_waits_no_longer_than_its_time_or_the_time_of_the_next_look() throws InterruptedException {
        lands(A, requesting(Failure.of(503, "no"), 3_600));
        backoffs.await(A, 1);
        backoffs.await(A, -1);
        lands(B, requesting(Failure.of(503, "no"), 0)); // the wait of the first failure, which is 1 s
        passes(999);
        backoffs.await(B, 3_600 * SECOND);
    }

    @Test
    void a_caller_does_not_wait_where_a_request_may_go_by_now() throws InterruptedException {
        backoffs.await(A, 3_600 * SECOND);
        lands(A, BROKEN);
        passes(1_000);
        backoffs.await(A, 3_600 * SECOND);
    }

    @Test
    void a_close_wakes_the_callers_that_wait_and_later_callers_do_not_wait() throws InterruptedException {
        lands(A, requesting(Failure.of(503, "no"), 3_600));
        AtomicInteger awake = new AtomicInteger();
        Thread waiter = awaiting(A, 3_600 * SECOND, awake);
        waits(waiter);
        backoffs.close();
        waiter.join();
        assertThat(awake).hasValue(1);
        backoffs.await(A, 3_600 * SECOND);
    }

    // Any order

    /** Requests go to three hosts for two users, and end in any way; at the end every place admits again. */
    @Test
    void every_outlook_agrees_with_the_admission() {
        Random random = Fields.random("every_outlook_agrees_with_the_admission");
        for (int round = 0; round < 200; round++) {
            List<BackoffKey> keys = keys();
            List<Long> out = new ArrayList<>();
            List<BackoffKey> asked = new ArrayList<>();
            for (int step = 0; step < 200; step++) {
                passes(random.nextInt(1_500));
                BackoffKey key = keys.get(random.nextInt(keys.size()));
                Outlook outlook = backoffs.outlook(key, now());
                Backoffs.Admission admission = backoffs.admit(key, now());
                boolean free = outlook instanceof Outlook.Clear || outlook instanceof Outlook.Due;
                assertThat(admission instanceof Admitted).as("%s", outlook).isEqualTo(free);
                if (admission instanceof Admitted admitted) {
                    out.add(admitted.probe());
                    asked.add(key);
                } else {
                    assertThat(words(((Refused) admission).why())).isEqualTo(words(outlook));
                }
                if (!out.isEmpty() && random.nextBoolean()) {
                    int one = random.nextInt(out.size());
                    end(random, asked.remove(one), out.remove(one));
                }
            }
            for (int i = 0; i < out.size(); i++) {
                end(random, asked.get(i), out.get(i));
            }
            everyPlaceAdmits(keys);
        }
    }

    private static List<BackoffKey> keys() {
        List<BackoffKey> keys = new ArrayList<>();
        for (String origin : List.of("http://h", "http://h:8080", "http://h.evil")) {
            for (int i = 0; i < 6; i++) {
                keys.add(of(origin, "u" + i));
                keys.add(of(of(origin, "u" + i), "me"));
            }
        }
        return keys;
    }

    private void end(Random random, BackoffKey key, long probe) {
        BackoffUpdate update = Fields.oneOf(
                random,
                ANSWERED,
                UNCHANGED,
                BROKEN,
                BROKEN,
                BROKEN,
                REFUSED,
                LIMITED,
                requesting(Failure.of(503, "no"), random.nextInt(20)),
                withoutStored(Failure.of(500, "no")),
                new BackoffUpdate.Failed(GONE, false, OptionalLong.empty(), true),
                failure(Failure.of(Reason.BUSY, "busy")));
        switch (random.nextInt(4)) {
            case 0 -> backoffs.returned(key, probe);
            case 1 -> {
                if (backoffs.admitAgain(key, probe, now()) instanceof Admitted again) {
                    backoffs.landed(key, again.probe(), update, now());
                }
            }
            default -> backoffs.landed(key, probe, update, now());
        }
    }

    /** After the longest wait, and with no request under way, each URL may ask; each asks alone. */
    private void everyPlaceAdmits(List<BackoffKey> keys) {
        for (BackoffKey key : keys) {
            passes(60_000);
            Backoffs.Admission admission = backoffs.admit(key, now());
            assertThat(admission).as("%s %s", key.key(), outlook(key)).isInstanceOf(Admitted.class);
            backoffs.returned(key, ((Admitted) admission).probe());
        }
    }

    @Test
    void many_threads_lose_no_probe() {
        List<BackoffKey> keys = keys();
        for (int round = 0; round < 20; round++) {
            Together.run(8, thread -> {
                Random random = new Random(thread);
                for (int i = 0; i < 500; i++) {
                    if (random.nextInt(8) == 0) {
                        passes(random.nextInt(1_000));
                    }
                    BackoffKey key = keys.get(random.nextInt(keys.size()));
                    if (backoffs.admit(key, now()) instanceof Admitted admitted) {
                        end(random, key, admitted.probe());
                    }
                }
            });
            everyPlaceAdmits(keys);
        }
    }
}
