#include <offhook/tests/agent/calls/virtual_net.hpp>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <optional>
#include <utility>

namespace offhook::inline v0::agent::test {

using services::openai::HttpPlan;

namespace {

/// Returns the body of a multipart form as libcurl writes it.
std::string multipart(const std::vector<net::FormPart>& parts, const std::string& boundary) {
  std::string body;
  for (const auto& part : parts) {
    body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + part.name + "\"";
    if (!part.file_name.empty()) body += "; filename=\"" + part.file_name + "\"";
    if (!part.content_type.empty()) body += "\r\nContent-Type: " + part.content_type;
    body += "\r\n\r\n" + part.content + "\r\n";
  }
  return body + "--" + boundary + "--\r\n";
}

std::size_t end_of_host(const std::string& url) {
  const auto host = url.find("://");
  return std::min(url.find('/', host == std::string::npos ? 0 : host + 3), url.size());
}

std::string host_of(const std::string& url) {
  const auto host = url.find("://");
  const std::size_t begin = host == std::string::npos ? 0 : host + 3;
  return url.substr(begin, end_of_host(url) - begin);
}

std::string path_of(const std::string& url) {
  const auto slash = end_of_host(url);
  return slash == url.size() ? "/" : url.substr(slash);
}

services::WebRequest asked(std::string method, const std::string& url, const net::Headers& headers) {
  services::WebRequest request;
  request.method = std::move(method);
  request.target = path_of(url);
  for (const auto& [name, value] : headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    request.headers.emplace_back(lower, value);
  }
  return request;
}

}  // namespace

VirtualService& VirtualNet::service_of(const std::string& url) const {
  auto found = services_.find(host_of(url));
  if (found == services_.end()) found = services_.find("");
  if (found == services_.end()) std::abort();  // The test added no service for this host.
  return *found->second;
}

// --- HTTP --------------------------------------------------------------------------------------------------------------------

struct VirtualNet::Transfer {
  net::HttpHandler handler;
  base::TimePoint begun, limit;
  std::deque<HttpPlan::Step> steps;
  std::shared_ptr<void> until_gone;
  bool over = false;
};

class VirtualNet::TransferHandle final : public net::HttpTransfer {
 public:
  explicit TransferHandle(std::shared_ptr<Transfer> transfer) : transfer_(std::move(transfer)) {}
  ~TransferHandle() override { transfer_->over = true; }

 private:
  std::shared_ptr<Transfer> transfer_;
};

VirtualNet::VirtualNet() = default;
VirtualNet::~VirtualNet() = default;

std::unique_ptr<net::HttpTransfer> VirtualNet::start(net::HttpRequest request, net::HttpHandler handler) {
  services::WebRequest web = asked(request.method, request.url, request.headers);
  web.body = request.body;
  web.headers.emplace_back("user-agent", "offhook");  // The edge adds this header.
  if (!request.form.empty()) {
    web.headers.emplace_back("content-type", "multipart/form-data; boundary=frontier");
    web.body = multipart(request.form, "frontier");
  }
  auto transfer = std::make_shared<Transfer>();
  transfer->handler = std::move(handler);
  transfer->begun = now_ + kLatency;
  transfer->limit = now_ + request.total_limit;
  ServedAnswer answer = service_of(request.url).serve(web, now_);
  transfer->steps.assign(answer.plan.steps.begin(), answer.plan.steps.end());
  transfer->until_gone = std::move(answer.until_gone);
  transfers_.push_back(transfer);
  return std::make_unique<TransferHandle>(transfer);
}

void VirtualNet::run(Transfer& transfer) {
  const auto end = [&transfer](std::optional<net::NetError> error) {
    if (std::exchange(transfer.over, true)) return;
    transfer.handler.on_end(std::move(error));
  };
  while (!transfer.over && !transfer.steps.empty() && transfer.begun + transfer.steps.front().at + kLatency <= now_) {
    const HttpPlan::Step step = std::move(transfer.steps.front());
    transfer.steps.pop_front();
    if (step.what == HttpPlan::What::Whole || step.what == HttpPlan::What::Begin) {
      net::HttpHead head;
      head.status = step.status;
      for (const auto& [name, value] : step.headers) head.headers.emplace_back(name, value);
      if (transfer.handler.on_head) transfer.handler.on_head(head);
    }
    if (!transfer.over && !step.bytes.empty() && transfer.handler.on_body) transfer.handler.on_body(step.bytes);
    if (step.what == HttpPlan::What::Whole || step.what == HttpPlan::What::End) end(std::nullopt);
    if (step.what == HttpPlan::What::Drop) end(net::NetError{net::NetError::What::Closed, "the connection ended in the middle"});
  }
  if (now_ >= transfer.limit) end(net::NetError{net::NetError::What::Timeout, "nothing came in time"});
}

// --- WebSocket ---------------------------------------------------------------------------------------------------------------

struct VirtualNet::Line {
  struct Frame {
    base::TimePoint at;
    bool binary = false;
    std::string bytes;
  };
  net::WebSocketHandler handler;
  VirtualService& service;
  services::WebRequest request;
  base::TimePoint opens, limit;
  std::optional<Handshake> handshake;
  std::deque<Frame> up;
  std::deque<std::pair<base::TimePoint, SocketOut>> down;
  SocketOuts outs;  // reused for each step
  int closed_with = 0;
  bool open = false, over = false;

  void close(const net::WebSocketClosed& why) {
    if (!std::exchange(over, true)) handler.on_closed(why);
  }
};

class VirtualNet::SocketHandle final : public net::WebSocket {
 public:
  SocketHandle(VirtualNet& net, std::shared_ptr<Line> line) : net_(net), line_(std::move(line)) {}
  ~SocketHandle() override { line_->over = true; }
  void send_text(std::string_view text) override { line_->up.push_back({net_.now_ + kLatency, false, std::string(text)}); }
  void send_binary(std::string_view bytes) override { line_->up.push_back({net_.now_ + kLatency, true, std::string(bytes)}); }
  void close(int code, std::string_view) override { line_->closed_with = code; }

 private:
  VirtualNet& net_;
  std::shared_ptr<Line> line_;
};

std::unique_ptr<net::WebSocket> VirtualNet::open(net::WebSocketRequest request, net::WebSocketHandler handler) {
  auto web = asked("GET", request.url, request.headers);
  web.wants_upgrade = true;
  auto line = std::make_shared<Line>(Line{std::move(handler), service_of(request.url), std::move(web), now_ + kHandshake,
                                          now_ + request.connect_limit, {}, {}, {}, {}});
  lines_.push_back(line);
  return std::make_unique<SocketHandle>(*this, line);
}

void VirtualNet::answer_handshake(Line& line) {
  if (!line.handshake) line.handshake = line.service.shake_hands(line.request, now_);
  const Handshake& answer = *line.handshake;
  if (answer.refusal.status != 0) {
    net::WebSocketClosed refused;
    refused.status = answer.refusal.status;
    for (const auto& [name, value] : answer.refusal.headers) {
      refused.headers.emplace_back(name, value);
      if (name == "retry-after") refused.retry_after = value;
    }
    return line.close(refused);
  }
  if (answer.drops) return line.close({net::NetError{net::NetError::What::Closed, "dropped"}, 0, {}, 1006, {}});
  if (answer.socket && now_ >= line.opens + answer.wait && now_ < line.limit) {
    line.open = true;
    if (line.handler.on_open) line.handler.on_open();
    return;
  }
  if (now_ >= line.limit) line.close({net::NetError{net::NetError::What::Timeout, "no answer to the handshake"}, 0, {}, 1006, {}});
}

void VirtualNet::deliver(Line& line) {
  while (!line.over && !line.down.empty() && line.down.front().first <= now_) {
    const SocketOut out = std::move(line.down.front().second);
    line.down.pop_front();
    switch (out.what) {
      case SocketOut::What::Text: line.handler.on_text(out.bytes); break;
      case SocketOut::What::Binary: line.handler.on_binary(out.bytes); break;
      case SocketOut::What::Close: line.close({std::nullopt, 0, {}, out.code, out.bytes}); break;
      case SocketOut::What::Drop: line.close({net::NetError{net::NetError::What::Closed, "dropped"}, 0, {}, 1006, {}}); break;
    }
  }
}

void VirtualNet::run(Line& line) {
  if (line.closed_with != 0) return line.close({std::nullopt, 0, {}, line.closed_with, {}});
  if (!line.open && now_ >= line.opens) answer_handshake(line);
  if (!line.open || line.over) return;
  ServiceSocket& socket = *line.handshake->socket;
  while (!line.over && !line.up.empty() && line.up.front().at <= now_) {
    const auto frame = std::move(line.up.front());
    line.up.pop_front();
    if (frame.binary) socket.on_binary(frame.bytes, now_, line.outs);
    else socket.on_text(frame.bytes, now_, line.outs);
  }
  if (line.over) return;
  socket.on_time(now_, line.outs);
  for (SocketOut& out : line.outs) line.down.emplace_back(now_ + kLatency, std::move(out));
  line.outs.clear();
  deliver(line);
}

void VirtualNet::tick(base::TimePoint now) {
  now_ = now;
  const auto transfers = transfers_;  // Handlers may start more transfers, so the loop uses a copy.
  for (const auto& transfer : transfers) {
    if (!transfer->over) run(*transfer);
  }
  const auto lines = lines_;
  for (const auto& line : lines) {
    if (!line->over) run(*line);
  }
  std::erase_if(transfers_, [](const auto& transfer) { return transfer->over; });
  std::erase_if(lines_, [](const auto& line) { return line->over; });
}

}  // namespace offhook::inline v0::agent::test
