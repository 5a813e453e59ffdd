/**
 * The module of an HTTP response cache whose callers block.
 *
 * <p>It reads the whole of its users' types by Jackson: a module whose records or classes are to be bound opens their package
 * to {@code tools.jackson.databind}. A module that decodes a further content coding provides
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
