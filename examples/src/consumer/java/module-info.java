/** An application that is a module. */
module consumer {
    requires dev.fetchonce;
    requires jdk.httpserver;

    opens consumer.model to
            tools.jackson.databind;

    provides dev.fetchonce.spi.ContentDecoder with
            consumer.Backwards;
}
