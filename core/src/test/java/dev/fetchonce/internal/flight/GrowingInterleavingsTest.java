package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.flight.World.Answer;
import dev.fetchonce.internal.flight.World.Kind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * The interleavings of growing bodies. A leader reads the body as it comes, and a flight in its place waits for the
 * rest. See {@link InterleavingsTest}.
 */
@Tag("interleavings")
class GrowingInterleavingsTest {
    private static void growing(World world) {
        world.outcome = Kind.GROWING;
        world.get("a");
        world.get("b");
        world.atEnd(() -> {
            world.must(world.exchanges == 1, "a second exchange for a value that comes");
            world.must(world.answers.stream().allMatch(Answer::isValue), "a caller got no value");
            world.must(world.stored != null, "nothing is stored");
        });
    }

    private static void growingAndInvalidated(World world) {
        world.outcome = Kind.GROWING;
        world.get("a");
        world.invalidate("inv");
    }

    private static void growingAndRefreshed(World world) {
        world.outcome = Kind.GROWING;
        InterleavingsTest.refreshed(world);
    }

    private static void growingAndClosed(World world) {
        world.outcome = Kind.GROWING;
        world.get("a");
        world.close("close");
    }

    @Test
    void a_growing_body_is_one_exchange_and_stored(TestInfo info) {
        InterleavingsTest.holds(info, 1_000, GrowingInterleavingsTest::growing);
    }

    @Test
    void an_invalidation_is_not_undone_by_what_grows(TestInfo info) {
        InterleavingsTest.holds(info, 500, GrowingInterleavingsTest::growingAndInvalidated);
    }

    @Test
    void an_invalidation_between_two_callers_is_not_undone_by_what_grows(TestInfo info) {
        InterleavingsTest.holds(info, InterleavingsTest.FEWER, 500, InterleavingsTest.scenario(Mutants::none, world -> {
            world.get("b");
            growingAndInvalidated(world);
        }));
    }

    @Test
    void a_refresher_gets_what_was_sent_after_its_call_while_something_grows(TestInfo info) {
        InterleavingsTest.holds(
                info,
                InterleavingsTest.FEWER,
                1_000,
                InterleavingsTest.scenario(Mutants::none, GrowingInterleavingsTest::growingAndRefreshed));
    }

    @Test
    void after_close_nothing_grows(TestInfo info) {
        InterleavingsTest.holds(info, 500, GrowingInterleavingsTest::growingAndClosed);
    }

    @Test
    void leaving_before_the_successor_has_its_place_makes_two_callers_send_twice() {
        InterleavingsTest.fails(
                "a second exchange", Mutants.LeavesBeforeItIsSucceeded::new, GrowingInterleavingsTest::growing);
    }

    @Test
    void taking_the_place_without_the_lock_resurrects_a_value() {
        InterleavingsTest.fails(
                "sent before an invalidation",
                Mutants.IsSucceededWithoutTheLock::new,
                GrowingInterleavingsTest::growingAndInvalidated);
    }

    @Test
    void joining_a_successor_as_if_it_had_not_sent_gives_a_refresher_an_old_value() {
        InterleavingsTest.fails(
                "sent before it asked",
                Mutants.IsSucceededByWhatHasNotSent::new,
                GrowingInterleavingsTest::growingAndRefreshed);
    }
}
