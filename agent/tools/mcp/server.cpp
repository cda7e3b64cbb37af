#include <offhook/agent/tools/mcp/server.hpp>

#include <offhook/agent/tools/tool_names.hpp>
#include <offhook/base/time.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::tools::mcp {

using base::TimePoint;
using What = ServerEvent::What;

namespace {

bool is_http(const ServerOptions& options) { return std::holds_alternative<HttpWireOptions>(options.at); }

constexpr base::Duration kProbeWithToken = std::chrono::seconds(20);  // The probe may include up to four requests for a token.

ClientOptions client_options(const ServerOptions& options) {
  ClientOptions client = options.client;
  client.over_http = is_http(options);
  const auto* http = std::get_if<HttpWireOptions>(&options.at);
  if (http != nullptr && http->oauth) client.probe_limit = std::max(client.probe_limit, kProbeWithToken);
  return client;
}

bool is_same(const Catalog& a, const Catalog& b) {
  const auto is_same_tool = [](const Catalog::Tool& one, const Catalog::Tool& other) {
    return one.server_name == other.server_name && one.hash == other.hash;
  };
  return std::equal(a.tools.begin(), a.tools.end(), b.tools.begin(), b.tools.end(), is_same_tool);
}

constexpr std::string_view kChanged = "The tool was changed or removed after this telephone call began, and is not used.";

}  // namespace

std::optional<std::string> fault_of(const ServerOptions& options) {
  if (!is_label(options.label)) return "a label of a server is made of a-z, 0-9 and -, at most " + std::to_string(kMaxLabel) + " of them";
  if (const auto* http = std::get_if<HttpWireOptions>(&options.at)) {
    if (auto fault = net::fault_of_url(http->url, http->plain_http)) return fault;
    if (!http->oauth) return std::nullopt;
    if (net::crosses_in_clear(http->url)) return "client credentials need https: over plain http another machine could get the secret";
    if (!http->token.empty()) return "either a token or client credentials can be given for a server, and not both";
    return fault_of(*http->oauth);
  }
  return fault_of_command(std::get<CommandLine>(options.at));
}

std::string_view to_string(ServerEvent::What what) {
  switch (what) {
    case What::Opened: return "opened";
    case What::Broken: return "broken";
    case What::ToolTrusted: return "tool_trusted";
    case What::ToolRefused: return "tool_refused";
    case What::Listed: return "listed";
    case What::Note: return "note";
  }
  return "?";
}

Server::Server(ServerOptions options, Edge edge, std::shared_ptr<ToolRequestQueue> queue, Watch watch)
    : options_(std::move(options)), edge_(std::move(edge)), queue_(std::move(queue)), watch_(std::move(watch)), client_(client_options(options_)), pins_(options_.pins, options_.unpinned) {}

Server::~Server() { queue_->close(); }

void Server::emit(What what, std::string detail, std::string tool) const {
  if (watch_) watch_({what, options_.label, std::move(tool), std::move(detail)});
}

/// Logs a note. Bounds the number of notes in each minute, because the server can cause notes at any rate.
void Server::note(std::string detail) {
  if (now_ - notes_since_ >= std::chrono::minutes(1)) {
    notes_since_ = now_;
    notes_ = 0;
  }
  ++notes_;
  if (notes_ <= kMaxNotesPerMinute) emit(What::Note, std::move(detail));
  if (notes_ == kMaxNotesPerMinute + 1) emit(What::Note, "the log omits further notes within this minute");
}

/// Reports the decision about each definition once, even if the server lists the definition several times.
void Server::report_verdict(CatalogNote verdict) {
  if (told_verdicts_.size() > kMaxToldVerdicts || !told_verdicts_.insert(verdict.tool + ' ' + verdict.why).second) return;
  if (told_verdicts_.size() > kMaxToldVerdicts) return note("it changes its tools too often: the log omits further changes");
  emit(verdict.refused ? What::ToolRefused : What::ToolTrusted, std::move(verdict.why), std::move(verdict.tool));
}

void Server::begin(TimePoint now) {
  now_ = now;
  open(now);
  edge_.changed();
}

void Server::open(TimePoint now) {
  open_at_.reset();
  const std::uint64_t generation = ++generation_;
  WireHandler handler;
  handler.on_text = [this, generation](std::string_view json) {
    on_wire(generation, [&](TimePoint at, Actions& out) { client_.on_text(json, at, out); });
  };
  handler.on_no_answer = [this, generation](std::uint64_t id, const NoAnswer& why) {
    on_wire(generation, [&](TimePoint at, Actions& out) { client_.on_no_answer(id, why, at, out); });
  };
  handler.on_closed = [this, generation](const std::string& why) {
    on_wire(generation, [&](TimePoint, Actions& out) { client_.on_closed(why, out); });
  };
  handler.on_note = [this](std::string line) {
    now_ = std::max(now_, edge_.now());
    note(std::move(line));
  };
  handler.on_deadline = [this, generation] {
    if (generation == generation_) edge_.changed();
  };
  auto made = edge_.make_wire(std::move(handler));
  Actions actions;
  if (!made) {
    actions.emplace_back(Broken{made.error().detail});
  } else {
    wire_ = std::move(*made);
    client_.open(now, actions);
  }
  carry_out(actions);
}

void Server::on_wire(std::uint64_t generation, const std::function<void(TimePoint, Actions&)>& event) {
  if (generation != generation_ || !wire_) return;
  now_ = std::max(now_, edge_.now());
  Actions actions;
  event(now_, actions);
  carry_out(actions);
  edge_.changed();
}

void Server::carry_out(Actions& actions) {
  for (Action& action : actions) std::visit([this](auto& what) { on_action(what); }, action);
}

void Server::on_action(Outgoing& message) {
  if (wire_) wire_->send(std::move(message));
}
void Server::on_action(Settled& settled) {
  if (wire_) wire_->settled(settled.id);
}
void Server::on_action(Stop& stop) {
  if (wire_) wire_->stop(stop.id);
}
void Server::on_action(Opened& opened) {
  if (wire_) wire_->on_opened(opened.revision, opened.modern);
  emit(What::Opened, "it speaks revision " + opened.revision);
}
void Server::on_action(Note& told) { note(std::move(told.text)); }

void Server::on_action(Listed& listed) {
  if (!well_since_) well_since_ = now_;
  std::vector<CatalogNote> notes;
  const auto before = std::exchange(
      catalog_, std::make_shared<const Catalog>(make_catalog({options_.label, is_http(options_)}, listed.tools, pins_, notes)));
  queue_->publish(catalog_);
  for (CatalogNote& verdict : notes) report_verdict(std::move(verdict));
  if (std::exchange(has_listed_, true) && is_same(*before, *catalog_)) return;
  emit(What::Listed, std::to_string(catalog_->tools.size()) + " of " + std::to_string(listed.tools.size()) + " tools can be offered");
}

void Server::on_action(Answered& answered) {
  const auto at = ordered_.find(answered.call);
  if (at == ordered_.end()) return;
  std::string why = why_of(answered.answer);
  queue_->deliver(at->second.guest, {at->second.number, answered.answer.ok, std::move(answered.answer.text), std::move(why)});
  ordered_.erase(at);
}

void Server::on_action(Broken& broken) {
  if (well_since_ && now_ - *well_since_ >= kLongestPause) pause_ = kFirstPause;  // A server that breaks soon after its start gets longer and longer pauses.
  well_since_.reset();
  const base::Duration pause = broken.at_once ? base::Duration::zero() : pause_;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(pause).count();
  emit(What::Broken, broken.why + (broken.at_once ? "; Offhook tries again at once" : "; Offhook tries again in " + std::to_string(seconds) + " s"));
  ++generation_;
  if (wire_) {  // Destroy the wire later: a handler of the wire may have invoked this function.
    auto gone = std::make_shared<bool>(false);
    leaving_.push_back({std::exchange(wire_, nullptr), gone});
    leaving_.back().wire->shut_down([gone] { *gone = true; });
  }
  open_at_ = now_ + pause;
  if (!broken.at_once) pause_ = std::min<base::Duration>(2 * pause_, kLongestPause);
}

// --- orders of telephone calls -------------------------------------------------------------------------------------------------

void Server::on_orders(TimePoint now) {
  now_ = std::max(now_, now);
  for (const Order& order : queue_->take_orders()) {
    Actions actions;
    if (order.what == Order::What::Start) {
      start(order, actions);
    } else {
      abandon(order, actions);
    }
    carry_out(actions);
  }
  edge_.changed();
}

void Server::start(const Order& order, Actions& actions) {
  const Catalog::Tool* const tool = catalog_->find(order.tool);
  if (tool == nullptr || tool->hash != order.hash) return queue_->deliver(order.guest, {order.number, false, std::string(kChanged), std::string(kChanged)});
  const std::uint64_t call = ++last_call_;
  ordered_.emplace(call, Ordered{order.guest, order.number});
  client_.call({call, tool->server_name, order.hash, order.arguments, tool->has_output_schema, tool->headers}, now_, actions);
}

/// Abandons one tool call, or, with Leave, all tool calls of this telephone call.
void Server::abandon(const Order& order, Actions& actions) {
  for (auto at = ordered_.begin(); at != ordered_.end();) {
    const bool is_meant = at->second.guest == order.guest && (order.what == Order::What::Leave || at->second.number == order.number);
    if (is_meant) client_.abandon(at->first, actions);
    at = is_meant ? ordered_.erase(at) : std::next(at);
  }
}

// --- time --------------------------------------------------------------------------------------------------------------------

void Server::on_time(TimePoint now) {
  now_ = std::max(now_, now);
  if (over_) return;
  std::erase_if(leaving_, [](const Leaving& one) { return *one.gone; });
  if (open_at_ && *open_at_ <= now_) open(now_);
  if (wire_) wire_->on_time(now_);
  Actions actions;
  client_.on_time(now_, actions);
  carry_out(actions);
  edge_.changed();
}

std::optional<TimePoint> Server::next_deadline() const {
  if (over_) return std::nullopt;
  auto next = open_at_;
  for (const auto& at : {client_.next_deadline(), wire_ ? wire_->next_deadline() : std::nullopt}) {
    if (at && (!next || *at < *next)) next = at;
  }
  return next;
}

void Server::shut_down(std::function<void()> done) {
  over_ = true;
  ++generation_;
  queue_->close();
  Actions actions;
  client_.on_closed("the agent ends", actions);
  for (Action& action : actions) {
    if (auto* answered = std::get_if<Answered>(&action)) on_action(*answered);
  }
  if (!wire_) return done();
  wire_->shut_down(std::move(done));
}

}  // namespace offhook::inline v0::agent::tools::mcp
