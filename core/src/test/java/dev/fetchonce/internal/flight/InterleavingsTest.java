package dev.fetchonce.internal.flight;

import static dev.fetchonce.internal.flight.Explorer.explore;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.Explorer.Actor;
import dev.fetchonce.internal.flight.Explorer.Scenario;
import dev.fetchonce.internal.flight.World.Answer;
import dev.fetchonce.internal.flight.World.Kind;
import dev.fetchonce.internal.flight.World.Tables;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Drives the real table through its hook, in every order of the steps of the flight protocol with at most three
 * preemptions. {@link World} checks the promises that hold in every order. A scenario here adds its own promises, and a
 * mutant shows which mistake in the protocol a scenario finds.
 */
@Tag("interleavings")
class InterleavingsTest {
    private static final int PREEMPTIONS = Integer.getInteger("preemptions", 3);

    /** Whether every scenario has all preemptions: {@code -Dpreemptions.full}. */
    private static final boolean FULL = System.getProperty("preemptions.full") != null;

    /** The preemptions for three callers with a flight each; three preemptions give millions of orders. */
    static final int FEWER = FULL ? PREEMPTIONS : PREEMPTIONS - 1;

    /** The preemptions for three callers and an invalidation, which have still more orders. */
    private static final int FEWEST = FULL ? PREEMPTIONS : PREEMPTIONS - 2;

    private static final Deadline PASSED = Deadline.after(Duration.ofDays(-1));

    // Getting.

    private static void twoCallers(World world) {
        world.get("a");
        world.get("b");
        world.atEnd(() -> {
            world.must(world.exchanges == 1, "a second exchange for a value that is there");
            world.must(world.answers.stream().allMatch(Answer::isValue), "a caller got no value");
            world.must(world.stored != null, "nothing is stored");
        });
    }

    private static void threeCallers(World world) {
        world.get("c");
        twoCallers(world);
    }

    @Test
    void two_callers_share_one_exchange(TestInfo info) {
        holds(info, 1_000, InterleavingsTest::twoCallers);
    }

    @Test
    void three_callers_share_one_exchange(TestInfo info) {
        holds(info, 50_000, InterleavingsTest::threeCallers);
    }

    @Test
    void without_the_second_look_two_callers_send_twice() {
        fails("a second exchange for a value that is there", InterleavingsTest::withoutSecondLook);
    }

    private static void withoutSecondLook(World world) {
        world.secondLook = false;
        twoCallers(world);
    }

    @Test
    void leaving_before_publishing_makes_two_callers_send_twice() {
        fails("a second exchange", Mutants.LeavesBeforeItPublishes::new, InterleavingsTest::twoCallers);
    }

    // Failing.

    /** A failure without a backoff: later callers send again, and no caller joins the flight that failed. */
    private static void failure(World world) {
        world.outcome = Kind.FAILED;
        world.get("a");
        world.get("b");
        world.atEnd(() -> world.must(
                world.answers.stream().allMatch(answer -> answer.kind() == Kind.FAILED), "not told of the failure"));
    }

    @Test
    void no_caller_joins_a_failed_flight(TestInfo info) {
        holds(info, 5_000, InterleavingsTest::failure);
    }

    @Test
    void a_failed_flight_is_joined_by_none_of_three(TestInfo info) {
        holds(info, FEWER, 50_000, scenario(Mutants::none, world -> {
            world.get("c");
            failure(world);
        }));
    }

    @Test
    void completing_before_leaving_lets_a_caller_join_a_failed_flight() {
        fails("joined a flight that had ended", Mutants.CompletesBeforeItLeaves::new, InterleavingsTest::failure);
    }

    private static void backoff(World world) {
        world.outcome = Kind.REFUSED;
        world.get("a");
        world.get("b");
        world.get("c");
        world.atEnd(() -> world.must(world.exchanges == 1, "a second exchange during a backoff"));
    }

    @Test
    void a_failure_that_begins_a_backoff_is_one_exchange(TestInfo info) {
        holds(info, 50_000, InterleavingsTest::backoff);
    }

    @Test
    void leaving_before_the_backoff_begins_sends_again_into_an_outage() {
        fails("a second exchange", Mutants.LeavesBeforeItPublishes::new, InterleavingsTest::backoff);
    }

    private static void startFails(World world) {
        world.failingStarts = 1;
        threeCallersOneLost(world);
    }

    private static void lookFails(World world) {
        world.failingLooks = 1;
        threeCallersOneLost(world);
    }

    private static void threeCallersOneLost(World world) {
        world.get("a");
        world.get("b");
        world.get("c");
        world.atEnd(() -> world.must(
                world.answers.stream().anyMatch(answer -> answer.kind() == Kind.LOST),
                "nobody learned of the failure"));
    }

    @Test
    void a_thread_that_does_not_start_leaves_no_caller_waiting(TestInfo info) {
        holds(info, 10_000, InterleavingsTest::startFails);
    }

    @Test
    void a_second_look_that_throws_leaves_no_caller_waiting(TestInfo info) {
        holds(info, 10_000, InterleavingsTest::lookFails);
    }

    /** Two wake-ups fail, of one caller or of both. */
    private static void wakingFails(World world) {
        world.run.failingUnparks = 2;
        world.get("a");
        world.get("b");
    }

    @Test
    void a_waiter_that_cannot_be_woken_is_woken_by_the_watchdog(TestInfo info) {
        holds(info, FEWER, 1_000, scenario(Mutants::none, world -> {
            wakingFails(world);
            world.watch("watch");
        }));
    }

    @Test
    void without_the_watch_who_cannot_be_woken_waits_for_ever() {
        fails("stuck", InterleavingsTest::wakingFails);
    }

    /** The first flight never ends by itself, and its time is up as soon as it has sent. */
    private static Runnable hung(Explorer run) {
        World world = new World(run, Mutants::none, World.NO_SLICE);
        world.hangs = true;
        world.get("a");
        world.get("b");
        return world::check;
    }

    @Test
    void a_hung_flight_is_retired_by_the_next_caller(TestInfo info) {
        holds(info, PREEMPTIONS, 1_000, InterleavingsTest::hung);
    }

    // Giving up.

    private static void interrupted(World world) {
        Actor victim = world.get("victim");
        world.get("b");
        world.interrupt(victim);
        oneIsHurtAtMost(world);
        world.atEnd(() -> world.must(world.leavers <= 1, "the other gave up"));
    }

    private static void oneIsHurtAtMost(World world) {
        world.atEnd(() -> {
            world.must(world.exchanges == 1, "a second exchange");
            world.must(world.stored != null, "the flight was not stored");
            world.must(!world.answers.isEmpty(), "the patient one was hurt");
            world.must(world.answers.stream().allMatch(Answer::isValue), "the other was hurt");
        });
    }

    @Test
    void an_interrupt_hurts_only_its_caller(TestInfo info) {
        holds(info, 10_000, InterleavingsTest::interrupted);
    }

    private static void impatient(World world) {
        world.get("impatient", PASSED);
        world.get("b");
        world.get("impatient too", PASSED);
        oneIsHurtAtMost(world);
    }

    @Test
    void impatient_callers_hurt_no_patient_one(TestInfo info) {
        holds(info, 10_000, InterleavingsTest::impatient);
    }

    @Test
    void where_what_is_abandoned_is_cancelled_no_patient_caller_is_hurt(TestInfo info) {
        holds(info, PREEMPTIONS, 10_000, scenario(Mutants::cancelling, world -> {
            world.get("impatient", PASSED);
            world.get("b");
            world.get("impatient too", PASSED);
            world.atEnd(() -> {
                world.must(world.stored != null, "the patient one's flight was not stored");
                world.must(!world.answers.isEmpty(), "the patient one was hurt");
                world.must(world.answers.stream().allMatch(Answer::isValue), "the patient one was hurt");
                world.must(world.exchanges <= 3, "more exchanges than callers");
            });
        }));
    }

    @Test
    void joining_what_was_given_up_hurts_a_patient_caller() {
        fails("was given up for which one waited", Mutants.JoinsWhatWasGivenUp::new, InterleavingsTest::impatient);
    }

    @Test
    void not_counting_who_joins_hurts_a_patient_caller() {
        fails("was given up for which one waited", Mutants.DoesNotCountWhoJoins::new, InterleavingsTest::impatient);
    }

    @Test
    void a_fetch_of_impatient_callers_alone_is_sent_once_or_not_at_all(TestInfo info) {
        holds(info, 1_000, world -> {
            world.get("impatient", PASSED);
            world.get("impatient too", PASSED);
            world.atEnd(() -> {
                world.must(world.exchanges <= 1, "a second exchange");
                world.must((world.stored != null) == (world.exchanges == 1), "what was sent for was not stored");
            });
        });
    }

    // Queueing without a thread.

    private static void impatientInTheLine(World world) {
        world.holder("holder");
        world.get("impatient", PASSED);
        world.get("b");
        world.atEnd(() -> {
            world.must(world.exchanges == 1, "a second exchange");
            world.must(world.answers.stream().allMatch(Answer::isValue), "the patient one was hurt");
        });
    }

    private static void leftToTheBackgroundInTheLine(World world) {
        world.holder("holder");
        world.getOrLeaveIt("content");
        world.get("impatient", PASSED);
        world.atEnd(() -> {
            world.must(world.exchanges == 1, "what was left to the background was not sent for once");
            world.must(world.stored != null, "what was left to the background is not stored");
        });
    }

    private static void noFlightStaysInTheQueue(World world) {
        world.holder("holder");
        world.get("impatient", PASSED);
        world.interrupt(world.get("victim"));
    }

    private static void closedInTheLine(World world) {
        world.holder("holder");
        world.get("a");
        world.close("close");
    }

    private static void invalidatedInTheLine(World world) {
        world.holder("holder");
        world.get("a");
        world.invalidate("inv");
    }

    private static void startFailsInTheLine(World world) {
        world.failingStarts = 1;
        world.holder("holder");
        world.get("a");
        world.get("b");
    }

    @Test
    void a_flight_that_queues_without_a_thread_hurts_no_patient_caller(TestInfo info) {
        holds(info, 1_000, InterleavingsTest::impatientInTheLine);
    }

    @Test
    void a_flight_that_is_left_to_the_background_keeps_its_place_in_the_line(TestInfo info) {
        holds(info, 1_000, InterleavingsTest::leftToTheBackgroundInTheLine);
    }

    @Test
    void leaving_it_like_any_other_loses_its_place_in_the_line() {
        fails(
                "was not sent for",
                Mutants.LeavesNothingToTheBackground::new,
                InterleavingsTest::leftToTheBackgroundInTheLine);
    }

    @Test
    void a_flight_that_all_leave_in_the_queue_loses_no_permit(TestInfo info) {
        holds(info, FEWER, 50_000, scenario(Mutants::none, InterleavingsTest::noFlightStaysInTheQueue));
    }

    @Test
    void after_close_nothing_starts_from_the_line(TestInfo info) {
        holds(info, 1_000, InterleavingsTest::closedInTheLine);
    }

    @Test
    void an_invalidation_is_not_undone_from_the_line(TestInfo info) {
        holds(info, 1_000, InterleavingsTest::invalidatedInTheLine);
    }

    @Test
    void a_refresh_in_the_line_gets_what_was_sent_after_its_call(TestInfo info) {
        holds(info, 1_000, world -> {
            world.holder("holder");
            refreshed(world);
        });
    }

    @Test
    void a_thread_that_does_not_start_at_its_turn_leaves_no_caller_waiting(TestInfo info) {
        holds(info, 1_000, InterleavingsTest::startFailsInTheLine);
    }

    @Test
    void starting_what_was_called_off_starts_a_thread_after_close() {
        fails("after close", Mutants.StartsWhatWasCalledOff::new, InterleavingsTest::closedInTheLine);
    }

    @Test
    void not_giving_back_what_an_ended_flight_was_handed_loses_the_permit() {
        fails("the permit is lost", world -> {
            world.givesBack = false;
            noFlightStaysInTheQueue(world);
        });
    }

    // Invalidating.

    private static void invalidated(World world) {
        world.get("a");
        world.get("b");
        world.invalidate("inv");
    }

    private static void invalidatedAmongThree(World world) {
        world.get("c");
        invalidated(world);
    }

    @Test
    void an_invalidation_is_not_undone_by_two_callers(TestInfo info) {
        holds(info, 10_000, InterleavingsTest::invalidated);
    }

    @Test
    void an_invalidation_is_not_undone_by_three_callers(TestInfo info) {
        holds(info, FEWEST, 10_000, scenario(Mutants::none, InterleavingsTest::invalidatedAmongThree));
    }

    /** The fault shows after a million runs, so not in every build. */
    @Test
    @EnabledIfSystemProperty(named = "preemptions.full", matches = ".*")
    void the_find_of_another_s_second_look_may_be_older_than_an_invalidation() {
        assertThatThrownBy(() -> explore(3, scenario(Mutants::none, world -> {
                    world.foundIsForItsFinder = false;
                    invalidatedAmongThree(world);
                })))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("a caller after the invalidation got a value from before");
    }

    @Test
    void publishing_though_detached_resurrects_a_value() {
        fails("sent before an invalidation", Mutants.PublishesThoughDetached::new, InterleavingsTest::invalidated);
    }

    @Test
    void publishing_without_the_lock_resurrects_a_value() {
        fails("sent before an invalidation", Mutants.PublishesWithoutTheLock::new, InterleavingsTest::invalidated);
    }

    @Test
    void forgetting_before_taking_out_resurrects_a_value() {
        fails("sent before an invalidation", Mutants.ForgetsBeforeItTakesOut::new, InterleavingsTest::invalidated);
    }

    @Test
    void taking_out_before_detaching_lets_two_flights_send_and_publish() {
        fails(
                "a flight sends that cannot be joined",
                Mutants.TakesOutBeforeItDetaches::new,
                InterleavingsTest::invalidated);
    }

    @Test
    void leaving_by_the_key_only_takes_out_a_newer_flight() {
        fails(
                "a flight sends that cannot be joined",
                Mutants.LeavesByItsKeyOnly::new,
                InterleavingsTest::invalidatedAmongThree);
    }

    // Refreshing.

    static void refreshed(World world) {
        world.get("a");
        world.refresh("r");
    }

    private static void refreshedTwice(World world) {
        world.refresh("r1");
        world.refresh("r2");
    }

    @Test
    void a_refresher_gets_what_was_sent_after_its_call(TestInfo info) {
        holds(info, 2_000, InterleavingsTest::refreshed);
    }

    @Test
    void two_refreshers_get_what_was_sent_after_their_calls(TestInfo info) {
        holds(info, 2_000, InterleavingsTest::refreshedTwice);
    }

    @Test
    void refreshers_share_the_flight_that_follows(TestInfo info) {
        holds(info, FEWER, 50_000, scenario(Mutants::none, world -> {
            world.get("a");
            refreshedTwice(world);
            world.atEnd(() -> world.must(world.exchanges <= 3, "more exchanges than callers"));
        }));
    }

    @Test
    void joining_what_has_sent_gives_a_refresher_an_old_value() {
        fails("sent before it asked", Mutants.RefreshJoinsWhatHasSent::new, InterleavingsTest::refreshedTwice);
    }

    @Test
    void not_awaiting_the_predecessor_stores_an_older_value_over_a_newer() {
        fails(
                "an older value over a newer",
                Mutants.DoesNotAwaitItsPredecessor::new,
                InterleavingsTest::refreshedTwice);
    }

    private static void refreshedAndInvalidated(World world) {
        world.get("a");
        world.refresh("r");
        world.invalidate("inv");
    }

    @Test
    void an_invalidation_is_not_undone_by_a_refresh(TestInfo info) {
        holds(info, 50_000, InterleavingsTest::refreshedAndInvalidated);
    }

    @Test
    void not_detaching_the_predecessor_resurrects_a_value() {
        fails(
                "sent before an invalidation",
                Mutants.DetachesNoPredecessor::new,
                InterleavingsTest::refreshedAndInvalidated);
    }

    // Closing.

    private static void closed(World world) {
        world.get("a");
        world.get("b");
        world.close("close");
    }

    private static void closedWhileRefreshing(World world) {
        world.get("a");
        world.refresh("r");
        world.close("close");
    }

    private static void closedWhileInvalidating(World world) {
        world.get("a");
        world.invalidate("inv");
        world.close("close");
    }

    private static void closedTwice(World world) {
        world.get("a");
        world.close("close");
        world.close("close again");
    }

    @Test
    void after_close_no_caller_waits_and_nothing_starts(TestInfo info) {
        holds(info, 10_000, InterleavingsTest::closed);
    }

    @Test
    void after_close_no_refresher_waits(TestInfo info) {
        holds(info, 10_000, InterleavingsTest::closedWhileRefreshing);
    }

    @Test
    void after_close_no_invalidated_flight_is_left(TestInfo info) {
        holds(info, 10_000, InterleavingsTest::closedWhileInvalidating);
    }

    @Test
    void two_closes_both_wait_for_the_flights(TestInfo info) {
        holds(info, 10_000, InterleavingsTest::closedTwice);
    }

    @Test
    void not_looking_at_closed_starts_a_flight_after_close() {
        fails("after close", Mutants.NeverLooksAtClosed::new, InterleavingsTest::closed);
    }

    // Exploration.

    static void holds(TestInfo info, long floor, Consumer<World> scenario) {
        holds(info, PREEMPTIONS, floor, scenario(Mutants::none, scenario));
    }

    static void holds(TestInfo info, int preemptions, long floor, Scenario scenario) {
        long start = System.nanoTime();
        long runs = explore(preemptions, scenario);
        String name = info.getTestMethod().orElseThrow().getName();
        System.out.printf("%,9d runs in %5d ms: %s%n", runs, (System.nanoTime() - start) / 1_000_000, name);
        assertThat(runs).as("runs explored").isGreaterThan(floor);
    }

    private static void fails(String why, Consumer<World> scenario) {
        fails(why, Mutants::none, scenario);
    }

    static void fails(String why, Tables mutant, Consumer<World> scenario) {
        assertThatThrownBy(() -> explore(PREEMPTIONS, scenario(mutant, scenario)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(why)
                .hasMessageContaining("schedule:");
    }

    static Scenario scenario(Tables tables, Consumer<World> scenario) {
        return run -> {
            World world = new World(run, tables, World.DAY);
            scenario.accept(world);
            return world::check;
        };
    }
}
