package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.concurrent.Deadline;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flights that have left the table, or are about to leave it, while their predecessors have not ended. */
class DetachedFlightTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** The steps that throw once. The name of each step begins with its thread: a flight's thread or the leader's. */
    private final Set<String> fails = ConcurrentHashMap.newKeySet();

    private final FlightTable<String, String> table =
            new FlightTable<>(MINUTE, Thread.ofVirtual().factory(), new ProtocolSteps() {
                @Override
                public void at(String step) {
                    String where = Thread.currentThread().isVirtual() ? "flight: " : "leader: ";
                    if (fails.remove(where + step)) {
                        throw new OutOfMemoryError("spoilt");
                    }
                }
            });

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
        following.detach(); // as by an invalidation that has not changed the table yet
        Task newer = Task.sent("newer");
        newer.mayLand.countDown();
        assertThat(table.await(table.fly("key", newer), patience())).isEqualTo("newer");
        running.mayLand.countDown();
        assertThat(table.await(flight, patience())).isEqualTo("running");
        assertThat(running.published).isEmpty();
        assertThat(newer.published).containsExactly("newer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"leader: enter", "leader: look at closed", "leader: start", "flight: wait"})
    void a_refresh_that_fails_before_the_flight_it_waits_for_lets_that_publish_nothing_over_the_next_one(String step)
            throws Exception {
        Task running = Task.sent("running");
        Flight<String> flight = table.fly("key", running);
        Task.await(running.flying);
        fails.add(step);
        Task following = Task.sent("following");
        assertThat(table.await(table.flyAfresh("key", following), patience())).startsWith("lost: ");
        assertThat(fails).isEmpty();
        Task newer = Task.sent("newer");
        newer.mayLand.countDown();
        assertThat(table.await(table.fly("key", newer), patience())).isEqualTo("newer");
        running.mayLand.countDown();
        assertThat(table.await(flight, patience())).isEqualTo("running");
        assertThat(running.published).isEmpty();
        assertThat(newer.published).containsExactly("newer");
    }

    @Test
    void a_refresh_looks_again_when_the_flight_it_waits_for_has_ended() throws Exception {
        Task running = Task.sent("running");
        Flight<String> flight = table.fly("key", running);
        Task.await(running.flying);
        Task following = Task.sent("following");
        following.found = "found";
        Flight<String> refresh = table.flyAfresh("key", following);
        assertThat(refresh.isDone()).isFalse();
        running.mayLand.countDown();
        assertThat(table.await(flight, patience())).isEqualTo("running");
        assertThat(running.published).containsExactly("running");
        assertThat(table.await(refresh, patience())).isEqualTo("found");
        assertThat(following.published).isEmpty();
    }
}
