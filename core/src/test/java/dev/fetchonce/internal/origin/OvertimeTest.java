package dev.fetchonce.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OvertimeTest {
    private static final String ORIGIN = "http://h";

    private OriginPermits permits = new OriginPermits(4);

    private Overtime taken() {
        assertThat(permits.tryAcquire(ORIGIN)).isTrue();
        return permits.overtime(ORIGIN);
    }

    private void ended(Overtime one) {
        one.end();
        permits.release(ORIGIN);
    }

    private int free() {
        Semaphore places = permits.overtimePlaces(ORIGIN);
        return places == null ? permits.mostOvertime() : places.availablePermits();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 1", "4, 1", "7, 1", "8, 2", "64, 16", "65535, 16383"})
    void a_quarter_of_the_permits_may_go_on(int perOrigin, int most) {
        permits = new OriginPermits(perOrigin);
        List<Overtime> all = Stream.generate(this::taken).limit(perOrigin).toList();
        assertThat(all.stream().filter(Overtime::granted)).hasSize(most);
        assertThat(all.stream().filter(Overtime::refused)).hasSize(perOrigin - most);
        assertThat(all.getFirst().most()).isEqualTo(most);
        all.forEach(this::ended);
        assertThat(permits.origins()).isZero();
    }

    @Test
    void a_refusal_is_for_good() {
        Overtime first = taken();
        Overtime second = taken();
        assertThat(first.granted()).isTrue();
        assertThat(second.granted()).isFalse();
        ended(first);
        assertThat(second.granted()).isFalse();
        assertThat(second.refused()).isTrue();
        assertThat(free()).isEqualTo(1);
        ended(second);
    }

    @Test
    void a_second_question_takes_no_second_place() {
        permits = new OriginPermits(8);
        Overtime one = taken();
        assertThat(one.granted()).isTrue();
        assertThat(one.granted()).isTrue();
        assertThat(free()).isEqualTo(1);
        ended(one);
    }

    @Test
    void a_place_is_given_back_once_however_often_a_fetch_ends() {
        permits = new OriginPermits(8);
        Overtime other = taken();
        assertThat(other.granted()).isTrue();
        Overtime one = taken();
        assertThat(one.granted()).isTrue();
        one.end();
        one.end();
        assertThat(free()).isEqualTo(1);
        permits.release(ORIGIN);
        ended(other);
    }

    @Test
    void a_fetch_that_has_ended_gets_no_place() {
        Overtime other = taken();
        Overtime one = taken();
        ended(one);
        assertThat(one.granted()).isFalse();
        assertThat(one.refused()).isFalse();
        assertThat(other.granted()).isTrue();
        ended(other);
        assertThat(other.granted()).as("no permit is taken any more").isFalse();
    }

    @Test
    void origins_have_places_of_their_own() {
        Overtime one = taken();
        assertThat(permits.tryAcquire("http://other")).isTrue();
        Overtime other = permits.overtime("http://other");
        assertThat(one.granted()).isTrue();
        assertThat(other.granted()).isTrue();
        ended(one);
        other.end();
        permits.release("http://other");
    }

    /** The watchdog asks at the very moment in which the fetch ends. */
    @Test
    void an_end_at_the_moment_of_the_question_leaves_no_place_taken() throws InterruptedException {
        Overtime keeper = taken(); // keeps the line, and so its count
        List<Integer> lost = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            Overtime one = taken();
            CountDownLatch both = new CountDownLatch(2);
            Thread watchdog = Thread.startVirtualThread(() -> {
                both.countDown();
                one.granted();
            });
            both.countDown();
            ended(one);
            watchdog.join();
            if (free() != 1 || one.held()) {
                lost.add(i);
            }
        }
        assertThat(lost).isEmpty();
        ended(keeper);
    }
}
