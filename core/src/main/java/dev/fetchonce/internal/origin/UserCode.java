package dev.fetchonce.internal.origin;

import java.net.http.HttpRequest;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The calls of code that the application gave to the cache. Pure but for that code. */
public final class UserCode {
    private UserCode() {}

    /**
     * Returns what code of the application returns.
     *
     * @param option what that code is, for the message
     * @throws UserCodeException when it throws anything
     */
    public static <T extends @Nullable Object> T called(String option, Supplier<T> code) {
        try {
            return code.get();
        } catch (Throwable e) {
            throw UserCodeException.threw(option, e);
        }
    }

    /**
     * A request, changed as the application likes.
     *
     * @throws UserCodeException when its code throws, or changes what it must not
     */
    public static HttpRequest changed(UnaryOperator<HttpRequest> requests, HttpRequest request) {
        HttpRequest changed = called("the requestCustomizer function", () -> requests.apply(request));
        if (changed == null) {
            throw new UserCodeException(
                    "the requestCustomizer function of this cache returned null; it must return a request");
        }
        boolean same = called(
                "the requestCustomizer function",
                () -> changed.method().equals(request.method()) && changed.uri().equals(request.uri()));
        if (!same) {
            throw new UserCodeException(
                    "the requestCustomizer function of this cache changed the method or the URI of a request");
        }
        return changed;
    }
}
