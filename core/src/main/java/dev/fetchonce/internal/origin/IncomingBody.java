package dev.fetchonce.internal.origin;

import java.net.http.HttpResponse.BodySubscriber;

/** A subscriber that takes a body in from the client. */
sealed interface IncomingBody extends BodySubscriber<ReceivedBody> permits BoundedBodySubscriber, GrowingBody {
    /** Abandons the body, as no caller will take it. A body that is handed on live, now or later, is abandoned too. */
    void abandon();
}
