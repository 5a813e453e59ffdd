/**
 * The module of an HTTP response cache whose calls block the calling thread.
 *
 * <p>Jackson binds the types of the application by reflection. A module that has its records or classes bound opens their
 * package to {@code tools.jackson.databind}. A module that decodes a further content coding provides
 * {@link dev.fetchonce.spi.ContentDecoder}.
 */
module dev.fetchonce {
    requires transitive java.net.http;
    requires transitive tools.jackson.databind;
    requires com.github.benmanes.caffeine;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.fetchonce;
    exports dev.fetchonce.spi;

    uses dev.fetchonce.spi.ContentDecoder;
}
