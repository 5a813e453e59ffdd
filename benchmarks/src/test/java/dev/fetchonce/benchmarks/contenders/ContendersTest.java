package dev.fetchonce.benchmarks.contenders;

import static dev.fetchonce.benchmarks.contenders.Entrant.Trait.BOUNDED;
import static dev.fetchonce.benchmarks.contenders.Entrant.Trait.CACHES;
import static dev.fetchonce.benchmarks.contenders.Entrant.Trait.COLLAPSES;
import static dev.fetchonce.benchmarks.contenders.Entrant.Trait.COVERS;
import static dev.fetchonce.benchmarks.contenders.Entrant.Trait.EXPIRES;
import static dev.fetchonce.benchmarks.contenders.Entrant.Trait.PATIENT;
import static dev.fetchonce.benchmarks.contenders.Entrant.Trait.REVALIDATES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests that each contender gets documents, and that it has exactly the traits that its entrant claims. */
@Timeout(60)
class ContendersTest {
    private static final int CALLERS = 50;

    private final Origin origin;

    ContendersTest() throws IOException {
        origin = new Origin();
    }

    static List<Entrant> all() {
        return Entrants.all();
    }

    static Stream<Entrant> caching() {
        return all().stream().filter(entrant -> entrant.has(CACHES));
    }

    @AfterEach
    void close() throws IOException {
        origin.close();
    }

    @ParameterizedTest
    @MethodSource("all")
    void twoDocuments_areTheRightOnes(Entrant entrant) throws Exception {
        try (Contender contender = entrant.open(Settings.AMPLE)) {
            for (int id : List.of(1, 2, 1)) {
                assertThat(bound(contender.call(origin.url(id)).call())).isEqualTo(Origin.document(id));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void twoDocumentsBegun_areTheRightOnes(Entrant entrant) throws Exception {
        try (Contender contender = entrant.open(Settings.AMPLE)) {
            for (int id : List.of(1, 2, 1)) {
                Answer answer = new Answer();
                contender.begin(contender.call(origin.url(id)), answer);
                assertThat(bound(answer.get(20, TimeUnit.SECONDS))).isEqualTo(Origin.document(id));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void failureWithNothingKept_isOneToTheCaller(Entrant entrant) {
        origin.fail();
        try (Contender contender = entrant.open(Settings.AMPLE)) {
            assertThatThrownBy(contender.call(origin.url(1))::call).isInstanceOf(Exception.class);
            Answer answer = new Answer();
            contender.begin(contender.call(origin.url(1)), answer);
            assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS)).isNotInstanceOf(TimeoutException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void secondCall_sendsARequestUnlessItCaches(Entrant entrant) throws Exception {
        try (Contender contender = entrant.open(Settings.AMPLE)) {
            contender.call(origin.url(1)).call();
            contender.call(origin.url(1)).call();
            assertThat(origin.requests() == 1).isEqualTo(entrant.has(CACHES));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void crowdAtAHeldOrigin_sendsARequestEachUnlessItCollapses(Entrant entrant) throws Exception {
        origin.hold();
        try (Contender contender = entrant.open(Settings.AMPLE)) {
            Callable<?> call = contender.call(origin.url(1));
            List<FutureTask<Object>> outcomes = IntStream.range(0, CALLERS)
                    .mapToObj(i -> new FutureTask<Object>(call::call))
                    .toList();
            // The threads are not virtual. Before JDK 24 virtual threads may hold all carriers, and the others then
            // never begin.
            List<Thread> threads = outcomes.stream()
                    .map(outcome -> Thread.ofPlatform().daemon().start(outcome))
                    .toList();
            int expected = entrant.has(COLLAPSES) ? 1 : CALLERS;
            await(() -> origin.requests() >= expected);
            if (entrant.has(COLLAPSES)) {
                await(() -> threads.stream().allMatch(ContendersTest::waits));
            }
            origin.release();
            for (FutureTask<Object> outcome : outcomes) {
                assertThat(bound(outcome.get(20, TimeUnit.SECONDS))).isEqualTo(Origin.document(1));
            }
            assertThat(origin.requests()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void crowdBegunAtAHeldOrigin_sendsARequestEachUnlessItCollapses(Entrant entrant) throws Exception {
        origin.hold();
        try (Contender contender = entrant.open(Settings.AMPLE)) {
            Callable<?> call = contender.call(origin.url(1));
            List<Answer> answers = Stream.generate(Answer::new).limit(CALLERS).toList();
            answers.forEach(answer -> contender.begin(call, answer));
            int expected = entrant.has(COLLAPSES) ? 1 : CALLERS;
            await(() -> origin.requests() >= expected);
            origin.release();
            for (Answer answer : answers) {
                assertThat(bound(answer.get(20, TimeUnit.SECONDS))).isEqualTo(Origin.document(1));
            }
            assertThat(origin.requests()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("caching")
    void tenTimesAsManyDocumentsAsThereIsRoomFor_areNotKeptWhereItIsBounded(Entrant entrant) throws Exception {
        try (Contender contender = entrant.open(Settings.AMPLE.room(100, Origin.json(100).length))) {
            get(contender, 1_000);
            int first = origin.requests();
            assertThat(first).isEqualTo(1_000);
            get(contender, 1_000);
            int again = origin.requests() - first;
            if (entrant.has(BOUNDED)) {
                assertThat(again).isGreaterThan(800);
            } else {
                assertThat(again).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("caching")
    void fewerDocumentsThanThereIsRoomFor_areNearlyAllKept(Entrant entrant) throws Exception {
        try (Contender contender = entrant.open(Settings.AMPLE.room(100, Origin.json(100).length))) {
            get(contender, 80);
            int first = origin.requests();
            get(contender, 80);
            assertThat(origin.requests() - first).isLessThan(10);
        }
    }

    @ParameterizedTest
    @MethodSource("caching")
    void staleDocument_isAskedForAgain_conditionallyWhereItRevalidates(Entrant entrant) throws Exception {
        assertThat(entrant.traits()).contains(EXPIRES);
        origin.expireAtOnce();
        try (Contender contender = entrant.open(Settings.AMPLE.ttl(Duration.ofNanos(1)))) {
            Callable<?> call = contender.call(origin.url(1));
            call.call();
            // The test repeats the call. Caffeine's asynchronous cache learns after its callers that a document has
            // arrived and ages.
            await(() -> {
                assertThat(bound(made(call))).isEqualTo(Origin.document(1));
                return origin.requests() > 1;
            });
            assertThat(origin.requests()).isEqualTo(2);
            assertThat(origin.conditional()).isEqualTo(entrant.has(REVALIDATES) ? 1 : 0);
        }
    }

    @ParameterizedTest
    @MethodSource("caching")
    void staleDocumentOfAFailingOrigin_standsInWhereItCovers(Entrant entrant) throws Exception {
        origin.expireAtOnce();
        try (Contender contender = entrant.open(Settings.AMPLE.ttl(Duration.ofNanos(1)))) {
            Callable<?> call = contender.call(origin.url(1));
            call.call();
            origin.fail();
            if (entrant.has(COVERS)) {
                assertThat(bound(call.call())).isEqualTo(Origin.document(1));
            } else {
                await(() -> fails(call)); // a cache may first learn that the document is stale
            }
            assertThat(origin.requests()).isGreaterThan(1);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void callerAtAHeldOrigin_leavesWhereItIsPatient_andTheNextIsServed(Entrant entrant) throws Exception {
        origin.hold();
        try (Contender contender = entrant.open(Settings.AMPLE.patience(Duration.ofMillis(200)))) {
            Callable<?> call = contender.call(origin.url(1));
            Answer answer = new Answer();
            Thread caller = Thread.startVirtualThread(() -> answer.endAs(call));
            if (entrant.has(PATIENT)) {
                assertThat(caller.join(Duration.ofSeconds(20))).isTrue();
                assertThat(answer).isCompletedExceptionally();
            } else {
                assertThat(caller.join(Duration.ofSeconds(1))).isFalse();
            }
            origin.release();
            assertThat(caller.join(Duration.ofSeconds(20))).isTrue();
            assertThat(bound(call.call())).isEqualTo(Origin.document(1));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void callBegunAtAHeldOrigin_endsWhereItIsPatient(Entrant entrant) {
        origin.hold();
        try (Contender contender = entrant.open(Settings.AMPLE.patience(Duration.ofMillis(200)))) {
            Answer answer = new Answer();
            contender.begin(contender.call(origin.url(1)), answer);
            if (entrant.has(PATIENT)) {
                assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS)).isNotInstanceOf(TimeoutException.class);
            } else {
                assertThatThrownBy(() -> answer.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void closed_leavesNoThreadThatKeepsAJvm(Entrant entrant) throws Exception {
        Set<Thread> before = keepers();
        origin.hold();
        Contender contender = entrant.open(Settings.AMPLE);
        contender.begin(contender.call(origin.url(1)), new Answer());
        await(() -> origin.requests() > 0);
        origin.release();
        contender.call(origin.url(2)).call();
        contender.close();
        await(() -> before.containsAll(keepers()));
    }

    private void get(Contender contender, int documents) throws Exception {
        for (int id = 0; id < documents; id++) {
            contender.call(origin.url(id)).call();
        }
    }

    /** Returns the answer of a contender as a document. */
    private static Document bound(Object got) {
        JsonMapper mapper = JsonMapper.shared();
        return switch (got) {
            case Document document -> document;
            case JsonNode tree -> mapper.treeToValue(tree, Document.class);
            case byte[] body -> mapper.readValue(body, Document.class);
            default -> throw new AssertionError("of what kind is " + got);
        };
    }

    /** A future of the outcome of a call. */
    private static final class Answer extends CompletableFuture<Object> implements Caller {
        @Override
        public void answered(Object document) {
            complete(document);
        }

        @Override
        public void failed(Throwable why) {
            completeExceptionally(why);
        }

        void endAs(Callable<?> call) {
            try {
                answered(call.call());
            } catch (Exception e) {
                failed(e);
            }
        }
    }

    private static boolean waits(Thread thread) {
        return switch (thread.getState()) {
            case WAITING, TIMED_WAITING, BLOCKED -> true;
            default -> false;
        };
    }

    private static Set<Thread> keepers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.isDaemon())
                .collect(Collectors.toSet());
    }

    private static Object made(Callable<?> call) {
        try {
            return call.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static boolean fails(Callable<?> call) {
        try {
            call.call();
            return false;
        } catch (Exception e) {
            return true;
        }
    }

    /** Waits for a condition. The timeout of the test bounds the wait. */
    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
            if (Thread.interrupted()) {
                throw new AssertionError("it did not come true in time");
            }
        }
    }
}
