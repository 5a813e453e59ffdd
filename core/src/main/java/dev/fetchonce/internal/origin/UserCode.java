package dev.fetchonce.internal.origin;

import java.net.http.HttpRequest;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The calls of the application's functions. Pure, apart from those functions. */
public final class UserCode {
    private UserCode() {}

    /**
     * Calls a function of the application and returns its result.
     *
     * @param option the name of the function in messages
     * @throws UserCodeException when the function throws any throwable
     */
    public static <T extends @Nullable Object> T called(String option, Supplier<T> code) {
        try {
            return code.get();
        } catch (Throwable e) {
            throw UserCodeException.threw(option, e);
        }
    }

    /**
     * Returns the request as the application's function has changed it.
     *
     * @throws UserCodeException when the function throws, returns null, or changes the method or the URI
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
