#include <offhook/tests/agent/calls/virtual_net.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::test {

using namespace services::openai;

// --- HTTP --------------------------------------------------------------------------------------------------------------------

struct VirtualNet::Transfer {
  net::HttpHandler handler;
  base::TimePoint begun, limit;
  std::deque<HttpPlan::Step> steps;
  bool over = false;
};

class VirtualNet::TransferHandle final : public net::HttpTransfer {
 public:
  explicit TransferHandle(std::shared_ptr<Transfer> transfer) : transfer_(std::move(transfer)) {}
  ~TransferHandle() override { transfer_->over = true; }

 private:
  std::shared_ptr<Transfer> transfer_;
};

namespace {

/// The body of a form, as libcurl writes it.
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

std::string path_of(const std::string& url) {
  const auto host = url.find("://");
  const auto slash = url.find('/', host == std::string::npos ? 0 : host + 3);
  return slash == std::string::npos ? "/" : url.substr(slash);
}

}  // namespace

std::unique_ptr<net::HttpTransfer> VirtualNet::start(net::HttpRequest request, net::HttpHandler handler) {
  services::WebRequest asked;
  asked.method = request.method;
  asked.target = path_of(request.url);
  for (const auto& [name, value] : request.headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    asked.headers.emplace_back(lower, value);
  }
  asked.body = request.body;
  if (!request.form.empty()) {
    asked.headers.emplace_back("content-type", "multipart/form-data; boundary=frontier");
    asked.body = multipart(request.form, "frontier");
  }
  auto transfer = std::make_shared<Transfer>();
  transfer->handler = std::move(handler);
  transfer->begun = now_ + kLatency;
  transfer->limit = now_ + request.total_limit;
  const HttpPlan plan = http_.serve(asked, now_);
  transfer->steps.assign(plan.steps.begin(), plan.steps.end());
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
  net::WebSocketHandler handler;
  base::TimePoint opens, limit;
  std::string target;
  std::optional<Fault> refusal;
  std::unique_ptr<SimRealtime> sim;
  std::deque<std::pair<base::TimePoint, std::string>> up;
  std::deque<std::pair<base::TimePoint, SimOut>> down;
  bool over = false;
};

class VirtualNet::SocketHandle final : public net::WebSocket {
 public:
  SocketHandle(VirtualNet& net, std::shared_ptr<Line> line) : net_(net), line_(std::move(line)) {}
  ~SocketHandle() override { line_->over = true; }
  void send_text(std::string_view text) override { line_->up.emplace_back(net_.now_ + kLatency, std::string(text)); }
  void send_binary(std::string_view) override {}
  void close(int, std::string_view) override { line_->over = true; }

 private:
  VirtualNet& net_;
  std::shared_ptr<Line> line_;
};

std::unique_ptr<net::WebSocket> VirtualNet::open(net::WebSocketRequest request, net::WebSocketHandler handler) {
  auto line = std::make_shared<Line>();
  line->handler = std::move(handler);
  line->opens = now_ + kHandshake;
  line->limit = now_ + request.connect_limit;
  line->target = path_of(request.url);
  const Fault& fault = world_.scenario.realtime.fault(handshakes_++);
  if (fault.kind != Fault::Kind::None) line->refusal = fault;
  lines_.push_back(line);
  return std::make_unique<SocketHandle>(*this, line);
}

void VirtualNet::deliver(Line& line, const SimOuts& outs) {
  for (const SimOut& out : outs) line.down.emplace_back(now_ + kLatency, out);
}

void VirtualNet::run(Line& line) {
  const auto closed = [&line](net::WebSocketClosed why) {
    if (!std::exchange(line.over, true)) line.handler.on_closed(why);
  };
  SimOuts outs;
  if (!line.sim && now_ >= line.opens) {
    if (line.refusal && line.refusal->kind == Fault::Kind::Status) {
      net::WebSocketClosed refused;
      refused.status = line.refusal->status;
      if (line.refusal->retry_after >= 0) refused.retry_after = std::to_string(line.refusal->retry_after);
      return closed(refused);
    }
    if (line.refusal && now_ >= line.limit) return closed({net::NetError{net::NetError::What::Timeout, "no answer to the handshake"}, 0, {}, 1006, {}});
    if (line.refusal) return;
    line.sim = std::make_unique<SimRealtime>(world_, ++sessions_, line.target, now_, outs);
    if (line.handler.on_open) line.handler.on_open();
  }
  if (!line.sim) return;
  while (!line.over && !line.up.empty() && line.up.front().first <= now_ && !line.sim->is_over()) {
    line.sim->on_text(line.up.front().second, now_, outs);
    line.up.pop_front();
  }
  if (!line.sim->is_over()) line.sim->on_time(now_, outs);
  deliver(line, outs);
  while (!line.over && !line.down.empty() && line.down.front().first <= now_) {
    const SimOut out = std::move(line.down.front().second);
    line.down.pop_front();
    switch (out.what) {
      case SimOut::What::Text: line.handler.on_text(out.text); break;
      case SimOut::What::Close: closed({std::nullopt, 0, {}, out.code, out.text}); break;
      case SimOut::What::Drop: closed({net::NetError{net::NetError::What::Closed, "dropped"}, 0, {}, 1006, {}}); break;
    }
  }
}

void VirtualNet::tick(base::TimePoint now) {
  now_ = now;
  const auto transfers = transfers_;  // Handlers may start more.
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
