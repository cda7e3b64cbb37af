#include <offhook/agent/tools/mcp/client.hpp>

#include <offhook/agent/providers/json_in.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

using base::TimePoint;

namespace {

constexpr base::Duration kListPause = std::chrono::seconds(1);  ///< between two lists, whatever a server says of changes
constexpr base::Duration kListAgain = std::chrono::seconds(30);  ///< after one that failed
constexpr base::Duration kShortestTtl = std::chrono::seconds(60);
constexpr base::Duration kLongestTtl = std::chrono::hours(24);

}  // namespace

void Client::on_text(std::string_view text, TimePoint now, Actions& out) {
  if (state_ == State::Closed) return;
  const auto messages = read_messages(text);
  if (!messages) {
    out.emplace_back(Note{"what it says is passed over: " + std::string(to_string(messages.error()))});
    return;
  }
  for (const RpcMessage& message : *messages) {
    if (state_ != State::Closed) on_message(message, now, out);
  }
}

void Client::on_message(const RpcMessage& message, TimePoint now, Actions& out) {
  if (message.kind == RpcMessage::Kind::Request) return on_server_request(message, now, out);
  if (message.kind == RpcMessage::Kind::Notification) return on_notification(message, now);
  const auto id = message.number();
  const auto at = id ? requests_.find(*id) : requests_.end();
  if (at == requests_.end()) return;  // Of a request that was cancelled, or never made.
  const Request request = at->second;
  requests_.erase(at);
  out.emplace_back(Settled{*id});
  if (message.kind == RpcMessage::Kind::Result) return on_result(request, message.body, now, out);
  on_error(request, message, now, out);
}

void Client::on_server_request(const RpcMessage& message, TimePoint now, Actions& out) {
  if (now - answers_since_ >= std::chrono::seconds(1)) {
    answers_since_ = now;
    answers_ = 0;
  }
  if (answers_++ >= kMaxAnswersPerSecond) return;
  Outgoing answer;
  answer.revision = facts_.revision;
  answer.modern = facts_.modern;
  answer.body = message.method == "ping" ? write_answer(message.id, "{}")
                                         : write_refusal(message.id, kMethodNotFound, "this client offers nothing but answers to pings");
  out.emplace_back(std::move(answer));
}

void Client::on_notification(const RpcMessage& message, TimePoint now) {
  if (state_ != State::Open) return;
  if (message.method == "notifications/tools/list_changed") return list_again(std::max(now, listed_at_ + kListPause));
  if (message.method == "notifications/progress") on_progress(message.body, now);
}

void Client::on_progress(std::string_view params, TimePoint now) {
  json::Parser parser;
  const auto root = json::parse(parser, params);
  const auto token = root ? json::number(*root, "progressToken") : std::nullopt;
  const auto at = token && *token > 0 ? requests_.find(static_cast<std::uint64_t>(*token)) : requests_.end();
  if (at == requests_.end() || at->second.what != Request::What::Call) return;
  at->second.due = std::min(now + options_.call_quiet, calls_.at(at->second.call).hard_due);
}

void Client::on_result(const Request& request, const std::string& result, TimePoint now, Actions& out) {
  switch (request.what) {
    case Request::What::Probe: return on_discovered(result, now, out);
    case Request::What::Initialize: return on_initialized(result, now, out);
    case Request::What::List: return on_page(result, now, out);
    case Request::What::Listen:  // It ended the stream: what changed in between is not known.
      listen_at_ = now + kListPause;
      return list_again(now + kListPause);
    case Request::What::Call: break;
  }
  renewed_ = false;
  auto read = read_tool_answer(result, calls_.at(request.call).request.has_output_schema);
  answer(request.call, read ? std::move(*read) : ToolAnswer{false, "What the tool answered cannot be read."}, out);
}

void Client::on_error(const Request& request, const RpcMessage& error, TimePoint now, Actions& out) {
  const std::string code = std::to_string(error.code);
  switch (request.what) {
    case Request::What::Probe: return on_probe_failed(error.code, error.body, now, out);
    case Request::What::Initialize:  // It was too slow for the first question, not too old.
      if (error.code == kUnsupportedVersion && read_supported(error.body).modern && !std::exchange(probed_again_, true)) return probe(now, out);
      return fail("it refuses to begin (" + code + ")", out);
    case Request::What::List: return on_list_failed("it does not list its tools (" + code + ")", now, out);
    case Request::What::Listen: return;  // Then changes are seen when a list has had its time.
    case Request::What::Call: break;
  }
  NoAnswer why{NoAnswer::What::Refused, 0, error.code, {}, {}};
  on_call_lost(request.call, why, now, out);
}

// --- the list of tools -------------------------------------------------------------------------------------------------------

void Client::list_again(TimePoint at) { list_at_ = list_at_ ? std::min(*list_at_, at) : at; }

void Client::list(TimePoint now, Actions& out) {
  list_at_.reset();
  listing_.emplace();
  ask_page(now, out);
}

void Client::ask_page(TimePoint now, Actions& out) {
  listed_at_ = now;
  const Dialect dialect{facts_.modern, options_.identity};
  (void)send({Request::What::List, now + options_.list_limit, 0}, "tools/list", list_params(dialect, listing_->cursor()), out);
}

void Client::on_page(const std::string& result, TimePoint now, Actions& out) {
  if (!listing_) return;
  auto page = read_tool_page(result);
  if (!page) return on_list_failed("its list of tools cannot be read", now, out);
  renewed_ = false;
  if (listing_->on_page(std::move(*page)) == ToolListing::Next::Ask) return ask_page(now, out);
  for (const std::string& note : listing_->notes()) out.emplace_back(Note{note});
  const auto ttl = std::chrono::milliseconds(std::min<std::uint64_t>(listing_->ttl_ms(), 1U << 30U));
  if (ttl.count() > 0) list_again(now + std::clamp<base::Duration>(ttl, kShortestTtl, kLongestTtl));
  Listed listed{listing_->tools()};
  listing_.reset();
  out.emplace_back(std::move(listed));
}

void Client::on_list_failed(std::string why, TimePoint now, Actions& out) {
  listing_.reset();
  out.emplace_back(Note{std::move(why)});
  list_again(now + kListAgain);
}

}  // namespace offhook::inline v0::agent::tools::mcp
