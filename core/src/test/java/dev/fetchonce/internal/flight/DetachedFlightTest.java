package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A flight that an invalidation has detached and not yet taken out of the table. */
class DetachedFlightTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final FlightTable<String, String> table =
            new FlightTable<>(MINUTE, Thread.ofVirtual().factory(), new Watched());

    @AfterEach
    void nothing_is_left() {
        assertThat(table.close(MINUTE)).isTrue();
        table.checkInvariants();
    }

    private static Deadline patience() {
        return Deadline.after(MINUTE);
    }

    @Test
    void a_detached_refresh_leaves_no_older_flight_that_could_publish_over_the_next_one() throws Exception {
        Task running = Task.sent("running");
        Flight<String> flight = table.fly("key", running);
        Task.await(running.flying);
        Flight<String> following = table.flyAfresh("key", Task.sent("following"));
        following.detach(); // as an invalidation does that has not come to the table yet
        Task newer = Task.sent("newer");
        newer.mayLand.countDown();
        assertThat(table.await(table.fly("key", newer), patience())).isEqualTo("newer");
        running.mayLand.countDown();
        assertThat(table.await(flight, patience())).isEqualTo("running");
        assertThat(running.published).isEmpty();
        assertThat(newer.published).containsExactly("newer");
    }
}
