package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.flight.World.Answer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Predicate;

/** A flight table with one mistake. The interleaving tests must find each mistake. */
class Mutants extends FlightTable<String, Answer> {
    final Explorer run;

    Mutants(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
        super(exchange, WaiterCount.Rule.NONE, threads::apply, run, run::unforeseen);
        this.run = run;
    }

    /** Returns the table without a mistake. */
    static FlightTable<String, Answer> none(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
        return new FlightTable<>(exchange, WaiterCount.Rule.NONE, threads::apply, run, run::unforeseen);
    }

    /** Returns the table without a mistake, with the rule that cancels a flight without waiters. */
    static FlightTable<String, Answer> cancelling(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
        WaiterCount.Rule rule = new WaiterCount.Rule(1_000, AbandonPolicy.IS_CANCELLED);
        return new FlightTable<>(exchange, rule, threads::apply, run, run::unforeseen);
    }

    static final class LeavesBeforeItPublishes extends Mutants {
        LeavesBeforeItPublishes(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        void publishAndLeave(Flight<Answer> flight, FlightResult<Answer> landing) {
            run.at("leave");
            leave(flight);
            run.at("publish");
            flight.publish(landing.publication());
        }
    }

    static final class CompletesBeforeItLeaves extends Mutants {
        CompletesBeforeItLeaves(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        void publishAndLeave(Flight<Answer> flight, FlightResult<Answer> landing) {
            run.at("publish");
            flight.publish(landing.publication());
            run.at("complete");
            flight.complete(landing.value());
            run.at("leave");
            leave(flight);
        }
    }

    static final class PublishesThoughDetached extends Mutants {
        PublishesThoughDetached(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        void publishAndLeave(Flight<Answer> flight, FlightResult<Answer> landing) {
            run.at("publish");
            landing.publication().run();
            run.at("leave");
            leave(flight);
        }
    }

    static final class PublishesWithoutTheLock extends Mutants {
        PublishesWithoutTheLock(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        void publishAndLeave(Flight<Answer> flight, FlightResult<Answer> landing) {
            run.at("publish");
            if (!flight.detached()) {
                run.at("put");
                landing.publication().run();
            }
            run.at("leave");
            leave(flight);
        }
    }

    static final class ForgetsBeforeItTakesOut extends Mutants {
        ForgetsBeforeItTakesOut(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        public Set<String> invalidate(Predicate<? super String> keys, Runnable forget) {
            forget.run();
            return super.invalidate(keys, () -> {});
        }
    }

    static final class TakesOutBeforeItDetaches extends Mutants {
        TakesOutBeforeItDetaches(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        public Set<String> invalidate(Predicate<? super String> keys, Runnable forget) {
            flights.forEach((key, flight) -> {
                flights.remove(key, flight);
                run.at("detach");
                flight.detach();
            });
            run.at("forget");
            forget.run();
            return Set.of();
        }
    }

    static final class DetachesNoPredecessor extends Mutants {
        DetachesNoPredecessor(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        public Set<String> invalidate(Predicate<? super String> keys, Runnable forget) {
            flights.forEach((key, flight) -> {
                flights.remove(key, flight);
                flight.detachAlone();
            });
            run.at("forget");
            forget.run();
            return Set.of();
        }
    }

    static final class LeavesByItsKeyOnly extends Mutants {
        LeavesByItsKeyOnly(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        void leave(Flight<Answer> flight) {
            flights.remove((String) flight.key());
        }
    }

    static final class NeverLooksAtClosed extends Mutants {
        NeverLooksAtClosed(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        boolean closed() {
            return false;
        }
    }

    static final class RefreshJoinsWhatHasSent extends Mutants {
        RefreshJoinsWhatHasSent(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        public Flight<Answer> flyAfresh(String key, FlightWork<Answer> work) {
            return fly(key, work);
        }
    }

    static final class DoesNotAwaitItsPredecessor extends Mutants {
        DoesNotAwaitItsPredecessor(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        void awaitPredecessor(Flight<Answer> flight) {
            flight.forgetPredecessor();
        }
    }

    static final class StartsWhatWasCalledOff extends Mutants {
        StartsWhatWasCalledOff(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        FlightThread<Answer> flightThread(Flight<Answer> flight, ThreadFactory factory) {
            return new FlightThread<>(flight, activeFlights, lifecycle, run, interrupts, unexpectedErrors, factory) {
                @Override
                boolean mayStart() {
                    super.mayStart();
                    return true;
                }
            };
        }
    }

    static final class JoinsWhatWasGivenUp extends Mutants {
        JoinsWhatWasGivenUp(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        boolean tryJoin(Flight<Answer> flight) {
            flight.waiterCount().join();
            return true;
        }
    }

    static final class DoesNotCountWhoJoins extends Mutants {
        DoesNotCountWhoJoins(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        boolean tryJoin(Flight<Answer> flight) {
            return true;
        }
    }

    static final class LeavesNothingToTheBackground extends Mutants {
        LeavesNothingToTheBackground(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        public void leaveToBackground(Flight<Answer> flight) {
            leaveAlone(flight);
        }
    }

    static final class LeavesBeforeItIsSucceeded extends Mutants {
        LeavesBeforeItIsSucceeded(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        boolean replaceBySuccessor(Flight<Answer> mine, Flight<Answer> next) {
            leave(mine);
            run.at("succeed");
            return mine.succeededBy(next, () -> flights.putIfAbsent((String) mine.key(), next) == null);
        }
    }

    static final class IsSucceededWithoutTheLock extends Mutants {
        IsSucceededWithoutTheLock(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        boolean replaceBySuccessor(Flight<Answer> mine, Flight<Answer> next) {
            boolean detached = mine.detached();
            run.at("succeed");
            return !detached && flights.replace((String) mine.key(), mine, next);
        }
    }

    static final class IsSucceededByWhatHasNotSent extends Mutants {
        IsSucceededByWhatHasNotSent(Duration exchange, Function<Runnable, Thread> threads, Explorer run) {
            super(exchange, threads, run);
        }

        @Override
        boolean replaceBySuccessor(Flight<Answer> mine, Flight<Answer> next) {
            boolean[] taken = new boolean[1];
            run.at("succeed");
            mine.publish(() -> taken[0] = flights.replace((String) mine.key(), mine, next));
            return taken[0];
        }
    }
}
