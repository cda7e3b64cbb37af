#include <offhook/agent/net/detail/curl_transfer.hpp>

#include <offhook/agent/net/local_network.hpp>
#include <offhook/agent/support/http_text.hpp>
#include <offhook/base/text.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <utility>

namespace offhook::inline v0::agent::net::detail {

namespace {

constexpr std::size_t kRefuse = CURL_WRITEFUNC_ERROR;

/// Returns true if the text contains nothing that could start another header.
bool is_value(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos; }

std::optional<base::IpAddress> ip_of(const curl_sockaddr& from) {
  const void* const octets = from.family == AF_INET ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(&from.addr)->sin_addr)
                                                    : &reinterpret_cast<const sockaddr_in6*>(&from.addr)->sin6_addr;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_ntop(from.family, octets, text.data(), text.size()) == nullptr) return std::nullopt;  // The address has another family.
  return base::IpAddress::parse(text.data());
}

long milliseconds(base::Duration limit) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  return static_cast<long>(std::clamp<std::int64_t>(ms, 1, 24 * 3600 * 1000));
}

NetError::What what_of(CURLcode code) {
  using What = NetError::What;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return What::NotFound;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY: return What::Refused;
    case CURLE_OPERATION_TIMEDOUT: return What::Timeout;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return What::Tls;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return What::Closed;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_UNSUPPORTED_PROTOCOL: return What::Protocol;
    default: return What::Local;  // There are hundreds of other codes, and the server causes none of them.
  }
}

std::string words_of(NetError::What what, const std::string& root) {
  using What = NetError::What;
  switch (what) {
    case What::NotFound: return "cannot find the host of " + root + ": check the name in the URL, and this machine's DNS";
    case What::Refused: return root + " refuses the connection: check the URL, and that the server runs";
    case What::Tls: return "no trusted connection to " + root + ": for a server of your own, name its CA file";
    case What::Closed: return root + " closed the connection before its answer was complete";
    case What::Protocol: return root + " does not speak HTTP";
    case What::TooLarge: return "the answer of " + root + " is larger than its limit";
    case What::Timeout: return "no complete answer from " + root + " in time";
    case What::Local: break;
  }
  return "the request to " + root + " cannot be made";
}

}  // namespace

void start_curl() {
  static const bool started = [] {
    // In programs with threads, libcurl leaves SIGPIPE to the application. A server that closes its connection must not end the program.
    struct sigaction present{};
    if (sigaction(SIGPIPE, nullptr, &present) == 0 && present.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  }();
  (void)started;
}

std::string UrlRoot::text() const { return host.empty() ? "" : scheme + "://" + host + ":" + port; }

UrlRoot root_of(const std::string& url) {
  CURLU* parsed = curl_url();
  if (parsed == nullptr) return {};
  const auto part = [&](CURLUPart which, unsigned flags) {
    char* text = nullptr;
    std::string copy;
    if (curl_url_get(parsed, which, &text, flags) == CURLUE_OK) copy = text;
    curl_free(text);
    return copy;
  };
  UrlRoot root;
  if (curl_url_set(parsed, CURLUPART_URL, url.c_str(), 0) == CURLUE_OK)
    root = {part(CURLUPART_SCHEME, 0), part(CURLUPART_HOST, 0), part(CURLUPART_PORT, CURLU_DEFAULT_PORT)};
  curl_url_cleanup(parsed);
  return root.scheme == "http" || root.scheme == "https" ? root : UrlRoot{};
}

CurlTransfer::CurlTransfer(HttpRequest request, HttpHandler handler, const CurlOptions& options)
    : request_(std::move(request)), handler_(std::move(handler)), local_only_(options.local_only), easy_(curl_easy_init()) {
  UrlRoot root = root_of(request_.url);
  whom_ = root_ = root.text();
  const Proxy* const proxy = local_only_ ? nullptr : options.proxies.find(root.scheme == "https", root.host);
  if (proxy != nullptr) {
    proxy_ = *proxy;
    whom_ += " (by the proxy " + proxy->shown() + ")";
    root.host = proxy->host;
    root.port = std::to_string(proxy->port);
  }
  port_ = root.port;
  if (HostLookup::can_look_up(root.host)) host_ = std::move(root.host);
  if (root_.empty()) {
    refuse({NetError::What::Local, "the URL begins with neither http:// nor https://"});
  } else if (easy_ == nullptr || !set_up(options)) {
    refuse({NetError::What::Local, words_of(NetError::What::Local, root_)});
  }
}

bool CurlTransfer::set_up(const CurlOptions& options) {
  curl_easy_setopt(easy_, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy_, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);  // Otherwise an abort waits for the name server.
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  // libcurl repeats any request, even a POST, when a kept connection ends before the first octet of the response.
  if (request_.at_most_once) curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, trouble_.data());
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  if (local_only_) {
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &CurlTransfer::open_local_socket);
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
  }
  set_limits();
  set_trust(options);
  set_proxy();
  return set_body() && set_headers(options);
}

void CurlTransfer::set_limits(base::Duration passed) {
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(request_.connect_limit - passed));
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, milliseconds(request_.total_limit - passed));
}

void CurlTransfer::set_addresses(const std::vector<base::IpAddress>& addresses, base::Duration passed) {
  std::string entry = host_ + ":" + port_ + ":";
  for (const base::IpAddress& one : addresses) entry += (&one == addresses.data() ? "" : ",") + (one.is_v6() ? "[" + one.to_string() + "]" : one.to_string());
  addresses_ = curl_slist_append(nullptr, entry.c_str());  // Replaces an older entry for this name.
  curl_easy_setopt(easy_, CURLOPT_RESOLVE, addresses_);
  set_limits(passed);
}

void CurlTransfer::set_trust(const CurlOptions& options) {
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) curl_easy_setopt(easy_, CURLOPT_CAINFO, options.ca_file.c_str());
}

void CurlTransfer::set_proxy() {
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "");  // If this option is not set, libcurl reads the environment.
  curl_easy_setopt(easy_, CURLOPT_PROXY, proxy_ ? proxy_->shown().c_str() : "");
  // Send none of the application's headers in a CONNECT request, because they contain the key. The proxy still reads the headers of plain http.
  curl_easy_setopt(easy_, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
  if (!proxy_ || proxy_->credentials.empty()) return;
  const std::string& plain = proxy_->credentials.reveal();
  curl_easy_setopt(easy_, CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC));
  curl_easy_setopt(easy_, CURLOPT_PROXYUSERNAME, plain.substr(0, plain.find(':')).c_str());
  curl_easy_setopt(easy_, CURLOPT_PROXYPASSWORD, plain.substr(plain.find(':') + 1).c_str());
}

bool CurlTransfer::set_body() {
  if (!is_token(request_.method)) return false;
  if (request_.method == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
    return true;
  }
  if (!request_.form.empty()) {
    form_ = curl_mime_init(easy_);
    for (const FormPart& given : request_.form) {
      curl_mimepart* part = curl_mime_addpart(form_);
      curl_mime_name(part, given.name.c_str());
      curl_mime_data(part, given.content.data(), given.content.size());
      if (!given.file_name.empty()) curl_mime_filename(part, given.file_name.c_str());
      if (!given.content_type.empty()) curl_mime_type(part, given.content_type.c_str());
    }
    curl_easy_setopt(easy_, CURLOPT_MIMEPOST, form_);
  } else if (!request_.body.empty() || request_.method == "POST") {
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.body.data());
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  }
  curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  return true;
}

bool CurlTransfer::set_headers(const CurlOptions& options) {
  const auto add = [this](const std::string& line) { headers_ = curl_slist_append(headers_, line.c_str()); };
  add("Expect:");  // A server that does not answer 100 would delay a large request by a second.
  add("User-Agent: " + options.user_agent);
  bool typed = !request_.form.empty();
  for (const auto& [name, value] : request_.headers) {
    if (!is_token(name) || !is_value(value)) return false;
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    typed = typed || lower == "content-type";
    add(value.empty() ? name + ";" : name + ": " + value);
  }
  if (!typed) add("Content-Type:");
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
  return is_value(options.user_agent);
}

bool CurlTransfer::may_connect(const std::vector<base::IpAddress>& addresses) const {
  return !local_only_ || std::all_of(addresses.begin(), addresses.end(), is_in_local_network);
}

/// Checks each address to which libcurl connects, including an address in the URL and the addresses of a name that libcurl resolves itself.
curl_socket_t CurlTransfer::open_local_socket(void* self, curlsocktype, curl_sockaddr* address) {
  const auto to = ip_of(*address);
  const bool leaves = !to || !is_in_local_network(*to);
  static_cast<CurlTransfer*>(self)->left_network_ = leaves;  // For the last address only, because the error of the transfer is about that address.
  return leaves ? CURL_SOCKET_BAD : ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t CurlTransfer::on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
  return static_cast<CurlTransfer*>(self)->take_header({bytes, size * count}) ? size * count : kRefuse;
}

bool CurlTransfer::take_header(std::string_view line) {
  if (has_head_) return true;  // Ignores trailers after the body.
  header_octets_ += line.size();
  too_large_ = header_octets_ > CurlHttpClient::kMaxHeaderBytes;
  if (too_large_) return false;
  line = base::trim(line);
  if (line.starts_with("HTTP/")) {  // A new head begins after a 1xx response.
    head_ = {};
    const std::size_t space = std::min(line.find(' '), line.size() - 1);
    std::from_chars(line.data() + space + 1, line.data() + line.size(), head_.status);
    return true;
  }
  if (line.empty()) {
    refused_by_proxy_ = proxy_ && head_.status == kProxyAuthenticationRequired && root_.starts_with("http:");  // A 407 in a tunnel comes from the server.
    if (refused_by_proxy_) return false;
    has_head_ = head_.status >= 200;
    if (has_head_) note();
    return true;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  too_large_ = head_.headers.size() >= CurlHttpClient::kMaxHeaders;
  if (too_large_) return false;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  head_.headers.emplace_back(std::move(name), base::trim(line.substr(colon + 1)));
  return true;
}

std::size_t CurlTransfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t octets = size * count;
  if (transfer.body_octets_ + octets > transfer.request_.max_body) {
    transfer.too_large_ = true;
    return kRefuse;
  }
  transfer.body_octets_ += octets;
  transfer.body_.append(bytes, octets);
  transfer.note();
  return octets;
}

void CurlTransfer::note() {
  if (news_ == nullptr || std::exchange(noted_, true)) return;
  news_->push_back(shared_from_this());
}

void CurlTransfer::refuse(NetError error) {
  ended_ = true;
  error_ = std::move(error);
}

NetError CurlTransfer::not_found(const std::string& trouble) const {
  return {NetError::What::NotFound, words_of(NetError::What::NotFound, whom_) + " (" + trouble + ")"};
}

NetError CurlTransfer::outside_local_network() const {
  return {NetError::What::Local, root_ + " is outside the local network, and plain http is allowed only within it: use https, or check the name in the URL"};
}

/// Returns the error of a proxy that opened no tunnel (RFC 9110 section 9.3.6) or answered 407. Returns nullopt if the proxy is not the cause.
std::optional<NetError> CurlTransfer::error_of_proxy() const {
  long tunnel = 0;
  if (!proxy_) return std::nullopt;
  curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &tunnel);
  const int status = refused_by_proxy_ ? kProxyAuthenticationRequired : static_cast<int>(tunnel);
  if (status == 0 || (status >= 200 && status < 300)) return std::nullopt;
  return refusal_of(*proxy_, root_, status);
}

NetError CurlTransfer::error_of(CURLcode code) const {
  if (left_network_) return outside_local_network();
  if (auto refused = error_of_proxy()) return *std::move(refused);
  const NetError::What what = too_large_ ? NetError::What::TooLarge : what_of(code);
  if (what == NetError::What::TooLarge) return {what, words_of(what, whom_)};
  if (what == NetError::What::Timeout) {
    curl_off_t connected_us = 0;
    curl_easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME_T, &connected_us);
    const base::Duration connect_limit = std::min(request_.connect_limit, request_.total_limit);
    if (connected_us == 0) return {what, "no connection to " + whom_ + " within " + std::to_string(milliseconds(connect_limit)) + " ms"};
    return {what, "no complete answer from " + whom_ + " within " + std::to_string(milliseconds(request_.total_limit)) + " ms"};
  }
  const std::string detail = trouble_[0] != 0 ? trouble_.data() : curl_easy_strerror(code);
  return {what, words_of(what, whom_) + " (" + detail + ")"};
}

void CurlTransfer::end(CURLcode code) {
  ended_ = true;
  if (code != CURLE_OK) error_ = error_of(code);
  note();
}

void CurlTransfer::deliver() {
  noted_ = false;
  if (!abandoned_ && has_head_ && !std::exchange(head_told_, true) && handler_.on_head) handler_.on_head(head_);
  const std::string body = std::exchange(body_, {});
  if (!abandoned_ && !body.empty() && handler_.on_body) handler_.on_body(body);
  if (!abandoned_ && ended_ && !std::exchange(end_told_, true) && handler_.on_end) handler_.on_end(error_);
}

void CurlTransfer::free() {
  if (easy_ != nullptr) curl_easy_cleanup(std::exchange(easy_, nullptr));
  curl_mime_free(std::exchange(form_, nullptr));
  curl_slist_free_all(std::exchange(headers_, nullptr));
  curl_slist_free_all(std::exchange(addresses_, nullptr));
}

}  // namespace offhook::inline v0::agent::net::detail
