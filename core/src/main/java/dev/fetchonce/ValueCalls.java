package dev.fetchonce;

import dev.fetchonce.internal.engine.Answer;
import dev.fetchonce.internal.engine.CacheCore;
import dev.fetchonce.internal.engine.CacheRequest;
import dev.fetchonce.internal.engine.Engine;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.message.TargetUri;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the value API: they turn the arguments of a caller into a request to the engine, and its answer into a
 * response or an exception. Thread-safe.
 */
final class ValueCalls {
    private final CacheCore core;
    private final Engine engine;
    private final ValueRequests requests;
    private final ValueRedirects redirects;

    ValueCalls(CacheCore core, ValueRequests requests) {
        this.core = core;
        this.engine = core.engine();
        this.requests = requests;
        this.redirects = new ValueRedirects(engine, requests);
    }

    /** Returns the value of a type. The caller has looked for a fresh one before. */
    Object value(String url, Type type) throws FetchException, InterruptedException {
        CacheRequest ask = requestFor(url, type);
        return answered(ask).bound(type, ask.until());
    }

    CachedResponse fetch(String url) throws FetchException, InterruptedException {
        return answered(requestFor(url, null));
    }

    CachedResponse fetch(URI uri, Reuse.Demand demand) throws FetchException, InterruptedException {
        engine.requireOpen();
        return answered(requests.withDefaults(TargetUri.of(uri), null, demand));
    }

    CachedResponse fetch(HttpRequest request, Reuse.Demand demand) throws FetchException, InterruptedException {
        engine.requireOpen();
        return answered(requests.of(request, demand));
    }

    Optional<CachedResponse> peek(URI uri) {
        engine.requireOpen();
        return peeked(requests.withDefaults(TargetUri.of(uri), null, Reuse.Demand.NONE));
    }

    Optional<CachedResponse> peek(HttpRequest request) {
        engine.requireOpen();
        return peeked(requests.of(request, Reuse.Demand.NONE));
    }

    private CacheRequest requestFor(String url, @Nullable Type wanted) {
        engine.requireOpen();
        TargetUri target = TargetUri.parse(url);
        CacheRequest ask = requests.withDefaults(target, wanted, Reuse.Demand.NONE);
        core.hits().remember(url, target.text());
        return ask;
    }

    private CachedResponse answered(CacheRequest ask) throws FetchException, InterruptedException {
        Answer answer = Objects.requireNonNull(redirects.<InterruptedException>follow(
                ask, engine::ask, () -> core.recorder().callFailed(ask.target().origin(), Reason.REDIRECT)));
        return switch (answer) {
            case Answer.Response given -> new CachedResponse(core.decoder(), given);
            case Answer.Streaming live ->
                throw new IllegalStateException(
                        "a streaming answer reached the value API, which takes whole bodies only");
            case Answer.Unsuccessful failed ->
                throw FetchException.of(failed.failure(), ask.target().uri(), failed.trouble());
        };
    }

    private Optional<CachedResponse> peeked(CacheRequest ask) {
        return redirects.<RuntimeException>follow(ask, core.inspection()::peek, () -> {})
                        instanceof Answer.Response given
                ? Optional.of(new CachedResponse(core.decoder(), given))
                : Optional.empty();
    }
}
