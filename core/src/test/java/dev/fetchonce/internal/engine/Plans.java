package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.backoff.BackoffUpdate;
import dev.fetchonce.internal.backoff.Outlook;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.Change;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The words for a plan, in which the tables state their outcomes. */
final class Plans {
    private Plans() {}

    /** Returns the outcome, each change, the marking and the effect on the backoffs, in this order. */
    static String words(LandingPlan plan) {
        List<String> words = new ArrayList<>();
        words.add(outcome(plan.outcome()));
        plan.changes().forEach(change -> words.add(change(change)));
        words.add(plan.marking().name());
        words.add(backoff(plan.backoff()));
        return String.join("; ", words);
    }

    /** Returns the words for an outcome. */
    static String outcome(FlightOutcome outcome) {
        return switch (outcome) {
            case FlightOutcome.Fetched fetched ->
                (fetched.renewed() ? "renewed " : "fetched ") + status(fetched.response()) + why(fetched.obstacle());
            case FlightOutcome.Streaming streaming ->
                "streaming " + streaming.exchange().status() + why(Optional.of(streaming.obstacle()));
            case FlightOutcome.Growing growing ->
                "growing " + growing.exchange().status();
            case FlightOutcome.Outgrown outgrown -> "outgrown " + outgrown.status();
            case FlightOutcome.AlreadyStored stored -> "already stored " + status(stored.response());
            case FlightOutcome.Rekeyed rekeyed -> "rekeyed";
            case FlightOutcome.Overtaken overtaken -> "overtaken";
            case FlightOutcome.Undecodable undecodable ->
                "undecodable " + status(undecodable.response()) + " " + failure(undecodable.failure());
            case FlightOutcome.BackedOff backedOff -> "backed off after " + failures(backedOff.why());
            case FlightOutcome.Failed failed ->
                failed.answered() == null
                        ? "failed " + failure(failed.failure())
                        : "failed " + failure(failed.failure()) + ", answered " + status(failed.answered())
                                + why(failed.obstacle());
        };
    }

    private static int failures(Outlook outlook) {
        BackoffState trouble = outlook.trouble();
        return trouble == null ? 0 : trouble.failures();
    }

    private static String status(StoredResponse response) {
        return String.valueOf(response.status());
    }

    private static String why(Optional<Obstacle> obstacle) {
        return obstacle.map(why -> " but " + why.detail()).orElse("");
    }

    private static String failure(Failure failure) {
        return failure.status().isPresent()
                ? "STATUS " + failure.status().getAsInt()
                : failure.reason().name();
    }

    private static String change(Change change) {
        return switch (change) {
            case Change.Put put -> "put " + key(put.key());
            case Change.Replace replace -> (replace.by() == null ? "remove " : "replace ") + key(replace.key());
            case Change.Drop drop -> "drop " + key(drop.key());
            case Change.DropForAll drop -> "drop for all " + key(drop.key());
        };
    }

    private static String key(CacheKey key) {
        return key.personal() ? "mine" : "plain";
    }

    private static String backoff(BackoffUpdate backoff) {
        return switch (backoff) {
            case BackoffUpdate.Answered answered -> "answered";
            case BackoffUpdate.Unchanged unchanged -> "unchanged";
            case BackoffUpdate.Failed failed ->
                "failure " + (failed.covered() ? "covered" : "not covered")
                        + (failed.stored() ? ", stored" : "")
                        + (failed.requested().isPresent()
                                ? ", wait "
                                        + TimeUnit.NANOSECONDS.toSeconds(
                                                failed.requested().getAsLong()) + " s"
                                : "");
        };
    }
}
