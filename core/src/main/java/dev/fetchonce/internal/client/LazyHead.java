package dev.fetchonce.internal.client;

import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The head of a reply whose fields are put together when somebody asks for them, which few callers of a hit do.
 * Thread-safe.
 */
final class LazyHead implements HttpResponse.ResponseInfo {
    private final int statusCode;
    private final HttpClient.Version version;

    /** Null once they are made, so that what they are made of is not kept. */
    private volatile @Nullable Supplier<HttpHeaders> making;

    private volatile @Nullable HttpHeaders made;

    /** A head; its fields are always made the same, if by two threads at once. */
    LazyHead(int statusCode, HttpClient.Version version, Supplier<HttpHeaders> making) {
        this.statusCode = statusCode;
        this.version = version;
        this.making = making;
    }

    @Override
    public int statusCode() {
        return statusCode;
    }

    @Override
    public HttpHeaders headers() {
        Supplier<HttpHeaders> how = making; // before the look at what is made, after which it goes
        HttpHeaders known = made;
        if (known == null) {
            known = Objects.requireNonNull(how).get();
            made = known;
            making = null;
        }
        return known;
    }

    @Override
    public HttpClient.Version version() {
        return version;
    }
}
