#include <offhook/agent/sessions/context_fetch.hpp>

#include <offhook/agent/profile/call_data.hpp>
#include <offhook/agent/support/url_text.hpp>

#include <fstream>
#include <iterator>

namespace offhook::inline v0::agent {

namespace {

std::string url_for(const std::string& url, std::string_view caller, std::string_view called) {
  return url + (url.find('?') == std::string::npos ? '?' : '&') + "caller=" + percent_encoded(caller) + "&called=" + percent_encoded(called);
}

/// Reads one octet more than the limit, so that parse_call_data() can detect a file that is too large.
std::string read_file(const std::string& path, bool& readable) {
  std::ifstream in(path, std::ios::binary);
  readable = in.good();
  std::string text(kMaxCallDataBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace

struct ContextFetch::Core : std::enable_shared_from_this<Core> {
  std::string source;
  Done done;
  std::string body;
  int status = 0;
  std::unique_ptr<net::HttpTransfer> transfer;

  void finish(std::string_view json) {
    auto values = parse_call_data(json, source);
    emit(values ? std::move(*values) : Values{}, values ? std::string() : values.error().detail);
  }
  void emit(Values values, std::string trouble) {
    if (const Done call = std::exchange(done, nullptr)) call(std::move(values), std::move(trouble));
  }
};

ContextFetch::ContextFetch(const ContextSource& source, std::string_view caller, std::string_view called, net::Edges& edges, WorkPool& pool,
                           Post post, Done done)
    : core_(std::make_shared<Core>()) {
  core_->done = std::move(done);
  const std::weak_ptr<Core> weak = core_;
  if (!source.file.empty()) {
    core_->source = source.file;
    const bool posted = pool.try_post([weak, post, path = source.file] {
      bool readable = false;
      std::string text = read_file(path, readable);
      post([weak, readable, text = std::move(text)] {
        const auto core = weak.lock();
        if (!core) return;
        if (!readable) return core->emit({}, core->source + " cannot be read");
        core->finish(text);
      });
    });
    if (!posted) post([weak] { if (const auto core = weak.lock()) core->emit({}, "cannot read " + core->source + ": too many file reads wait in the queue"); });
    return;
  }
  core_->source = source.url.substr(0, source.url.find('?'));
  net::HttpRequest request;
  request.method = "GET";
  request.url = url_for(source.url, caller, called);
  request.headers = {{"accept", "application/json"}};
  request.connect_limit = request.total_limit = source.timeout;
  request.max_body = kMaxCallDataBytes;
  net::HttpHandler handler;
  handler.on_head = [weak](const net::HttpHead& head) { if (const auto core = weak.lock()) core->status = head.status; };
  handler.on_body = [weak](std::string_view bytes) { if (const auto core = weak.lock()) core->body += bytes; };
  handler.on_end = [weak](const std::optional<net::NetError>& error) {
    const auto core = weak.lock();
    if (!core) return;
    if (error) return core->emit({}, core->source + ": " + error->detail);
    if (core->status != 200) return core->emit({}, core->source + " answered " + std::to_string(core->status));
    core->finish(core->body);
  };
  core_->transfer = edges.http({}).start(std::move(request), std::move(handler));
}

ContextFetch::~ContextFetch() = default;

}  // namespace offhook::inline v0::agent
