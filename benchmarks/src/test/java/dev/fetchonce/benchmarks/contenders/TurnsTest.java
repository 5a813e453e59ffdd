package dev.fetchonce.benchmarks.contenders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final int MANY = 100_000;

    private final Turns turns = new Turns(2);

    @Test
    void moreThanMayRun_startInTheirOrderAsOthersEnd() {
        List<CompletableFuture<String>> started = new ArrayList<>();
        List<CompletableFuture<String>> outcomes = IntStream.range(0, 4)
                .mapToObj(i -> turns.take(() -> {
                    CompletableFuture<String> mine = new CompletableFuture<>();
                    started.add(mine);
                    return mine;
                }))
                .toList();
        assertThat(started).hasSize(2);
        started.get(1).complete("second");
        assertThat(started).hasSize(3);
        assertThat(outcomes.get(1)).isCompletedWithValue("second");
        started.get(2).completeExceptionally(new IllegalStateException("third"));
        assertThat(started).hasSize(4);
        assertThat(outcomes.get(2)).isCompletedExceptionally();
        assertThat(outcomes.get(0)).isNotDone();
        started.get(0).complete("first");
        started.get(3).complete("fourth");
        assertThat(outcomes.get(0)).isCompletedWithValue("first");
        assertThat(outcomes.get(3)).isCompletedWithValue("fourth");
    }

    @Test
    void startThatThrows_failsItsOutcomeAndLeavesItsPlace() {
        for (int i = 0; i < 5; i++) {
            CompletableFuture<String> outcome = turns.take(() -> {
                throw new IllegalStateException("not today");
            });
            assertThat(outcome).isCompletedExceptionally();
        }
        assertThat(turns.take(() -> CompletableFuture.completedFuture("in"))).isCompletedWithValue("in");
    }

    @Test
    void manyWhoWaitAndEndAtOnce_takeNoStack() {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        var unused = List.of(turns.take(() -> first), turns.take(() -> second));
        AtomicInteger failed = new AtomicInteger();
        List<CompletableFuture<String>> outcomes = IntStream.range(0, MANY)
                .mapToObj(i ->
                        turns.<String>take(() -> CompletableFuture.failedFuture(new IllegalStateException("over"))))
                .toList();
        first.complete("first");
        outcomes.forEach(outcome -> outcome.whenComplete((value, failure) -> failed.incrementAndGet()));
        assertThat(failed).hasValue(MANY);
    }

    @Test
    void manyFromManyThreads_allEndAndNeverMoreThanMayRun() throws InterruptedException, ExecutionException {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<CompletableFuture<Integer>> outcomes = IntStream.range(0, MANY)
                .parallel()
                .mapToObj(i -> turns.take(() -> CompletableFuture.supplyAsync(() -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    running.decrementAndGet();
                    return i;
                })))
                .toList();
        for (int i = 0; i < MANY; i++) {
            assertThat(outcomes.get(i).get()).isEqualTo(i);
        }
        assertThat(most.get()).isBetween(1, 2);
    }
}
