package dev.fetchonce;

import dev.fetchonce.internal.engine.Answer;
import dev.fetchonce.internal.engine.CacheRequest;
import dev.fetchonce.internal.engine.Engine;
import dev.fetchonce.internal.engine.Inspection;
import dev.fetchonce.internal.http.caching.Redirection;
import dev.fetchonce.internal.http.message.TargetUri;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The redirects of the value API. Each hop is a request to the engine with its own key and flight. Therefore no
 * response is stored under the URL of another, and no flight waits for another. Thread-safe.
 */
final class ValueRedirects {
    private final Engine engine;
    private final ValueRequests requests;

    /** A function that answers one request: by {@link Engine#ask}, or by {@link Inspection#peek} from the store only. */
    interface Asking<X extends Exception> {
        @Nullable
        Answer answer(CacheRequest ask) throws X;
    }

    ValueRedirects(Engine engine, ValueRequests requests) {
        this.engine = engine;
        this.requests = requests;
    }

    /**
     * Returns the answer at the end of the redirects; null where the function has no answer.
     *
     * @param refused run where a redirect is refused and no stored response stands in; other failures were counted
     *     where they happened
     */
    <X extends Exception> @Nullable Answer follow(CacheRequest first, Asking<X> asking, Runnable refused) throws X {
        List<CacheRequest> asked = new ArrayList<>(1);
        CacheRequest ask = first;
        Answer.@Nullable Response stale = null;
        while (true) {
            asked.add(ask);
            Answer answer = asking.answer(ask);
            if (answer instanceof Answer.Unsuccessful failed) {
                return asked.size() == 1 ? failed : standIn(asked, failed);
            }
            if (!(answer instanceof Answer.Response given)) {
                return answer;
            }
            if (given.response().success()) {
                return stale == null ? given : given.after(stale);
            }
            if (given.served().stale()) {
                stale = given;
            }
            switch (next(given, asked)) {
                case Redirection.Refused refusal -> {
                    Answer answered = standIn(asked, new Answer.Failed(refusal.failure(), Optional.empty(), null));
                    if (answered instanceof Answer.Failed) {
                        refused.run();
                    }
                    return answered;
                }
                case Redirection.To to -> ask = impatient(requests.redirected(ask, to), asked);
            }
        }
    }

    /** Returns the next hop; where a response of an earlier hop may stand in, its caller waits for the soft timeout alone. */
    private CacheRequest impatient(CacheRequest hop, List<CacheRequest> asked) {
        Duration soft = hop.softTimeout().orElse(hop.patience());
        return soft.compareTo(hop.patience()) < 0 && asked.stream().anyMatch(engine::mayStandIn)
                ? hop.withPatience(soft)
                : hop;
    }

    private Redirection.Next next(Answer.Response given, List<CacheRequest> asked) {
        List<TargetUri> seen = asked.stream().map(CacheRequest::target).toList();
        Redirection.Next next = Redirection.next(given.response(), seen);
        return next instanceof Redirection.To to && !requests.allows(to.target())
                ? Redirection.refused(
                        "a redirect leads to " + to.target().name() + ", which is not allowed (allowedUrls)")
                : next;
    }

    /**
     * Returns a good stored response of one of the URLs on the way, from before it redirected, the last URL first.
     * Without one it returns the failure.
     */
    private Answer standIn(List<CacheRequest> asked, Answer.Unsuccessful failed) {
        for (CacheRequest ask : asked.reversed()) {
            if (engine.standIn(ask, failed.failure()) instanceof Answer.Response given) {
                return given.standingInFor(failed.trouble());
            }
        }
        return new Answer.Failed(failed.failure(), failed.trouble(), null);
    }
}
