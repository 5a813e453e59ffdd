package dev.fetchonce.internal.client;

import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A head whose fields are made when a caller first asks for them; few callers of a hit do. Thread-safe. */
final class LazyHead implements HttpResponse.ResponseInfo {
    private final int statusCode;
    private final HttpClient.Version version;

    /** The maker of the fields; null once they are made, so that the parts of the fields are not kept. */
    private volatile @Nullable Supplier<HttpHeaders> making;

    private volatile @Nullable HttpHeaders made;

    /** Makes a head. The maker may run on two threads simultaneously and must return equal fields. */
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
        Supplier<HttpHeaders> how = making; // read before made: the other thread writes made and then clears this
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
