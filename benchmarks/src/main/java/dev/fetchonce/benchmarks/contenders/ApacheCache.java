package dev.fetchonce.benchmarks.contenders;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.cache.CacheConfig;
import org.apache.hc.client5.http.impl.cache.CachingHttpClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The cache of Apache HttpClient's classic API, in memory, as a private cache. Its pool opens as many connections as
 * the tuned client has permits. Features that make a hit dearer and do nothing here are switched off. A caller's
 * patience bounds the wait for a connection and each wait for bytes, but not their sum.
 */
final class ApacheCache implements Contender {
    /** The longest document in bytes. The default is 8 KiB, and a longer document is not stored. */
    private static final long MAXIMUM_DOCUMENT_BYTES = 1L << 26;

    private final CloseableHttpClient client;

    ApacheCache(Settings settings) {
        Timeout patience = Timeout.of(settings.patience());
        this.client = CachingHttpClients.custom()
                .setCacheConfig(CacheConfig.custom()
                        .setSharedCache(false)
                        .setStaleIfErrorEnabled(true)
                        .setMaxCacheEntries(settings.maximumDocuments())
                        .setMaxObjectSize(MAXIMUM_DOCUMENT_BYTES)
                        .build())
                .setConnectionManager(pool(settings))
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(patience)
                        .setResponseTimeout(patience)
                        .build())
                .setRetryStrategy(new OnlyLostConnections())
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .build();
    }

    private static PoolingHttpClientConnectionManager pool(Settings settings) {
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(TunedClient.PERMITS)
                .setMaxConnTotal(2 * TunedClient.PERMITS)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(settings.timeout()))
                        .build())
                .build();
    }

    /**
     * A retry strategy without retries after a response. By default the client asks again one second after a 503, which
     * no other contender does.
     */
    private static final class OnlyLostConnections extends DefaultHttpRequestRetryStrategy {
        OnlyLostConnections() {
            super(1, TimeValue.ZERO_MILLISECONDS);
        }

        @Override
        public boolean retryRequest(HttpResponse response, int executions, HttpContext context) {
            return false;
        }
    }

    @Override
    public Callable<?> call(String url) {
        // The client copies a request of this kind and does not change it. An HttpGet would remember the call that
        // executes it.
        ClassicHttpRequest request = ClassicRequestBuilder.get(url).build();
        return () -> client.execute(request, ApacheCache::body);
    }

    private static byte[] body(ClassicHttpResponse response) throws IOException {
        if (response.getCode() != 200) {
            throw new IOException("status " + response.getCode());
        }
        return EntityUtils.toByteArray(response.getEntity());
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }
}
