#include <offhook/bench/ai_callers.hpp>

#include <offhook/bench/callers_phone.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace offhook::bench {

using namespace std::chrono_literals;

namespace {
constexpr std::string_view kHost = "127.0.0.1";
}

AiCallers::AiCallers(std::size_t most, std::uint16_t registrar_port, std::function<void()> poll) {
  auto endpoint = phone::Endpoint::open(callers_phone(most), engine_, [this](phone::PhoneEvent event) { on_event(event); });
  if (!endpoint) throw std::runtime_error("cannot open the callers' telephone: " + endpoint.error().detail);
  endpoint_ = std::move(*endpoint);
  endpoint_->post([this, registrar_port] {
    if (const auto added = endpoint_->add_account(callers_account(registrar_port))) account_ = *added;
  });
  thread_ = std::thread([this, poll = std::move(poll)] {
    for (; !stop_; std::this_thread::sleep_for(1ms)) poll();
  });
}

AiCallers::~AiCallers() {
  stop_polling();
  endpoint_.reset();
}

void AiCallers::stop_polling() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void AiCallers::dial(std::uint16_t agent_port, std::shared_ptr<media::AudioPort> port, std::function<void()> on_connected) {
  endpoint_->post([this, agent_port, port = std::move(port), on_connected = std::move(on_connected)] {
    phone::DialOptions options{account_, fmt::format("sip:6001@{}:{}", kHost, agent_port), {}, false};
    if (auto call = endpoint_->dial(options, port)) {
      calls_.push_back({*call, on_connected});
    } else {
      note_not_up(call.error().detail);
    }
  });
}

void AiCallers::hang_up() {
  endpoint_->post([this] {
    for (const auto& each : calls_) (void)each.call->hang_up();
  });
  for (const auto end = base::Clock::now() + 10s; up_ != 0 && base::Clock::now() < end;) std::this_thread::sleep_for(20ms);
}

void AiCallers::note_not_up(const std::string& why) {
  ++ended_;
  const std::lock_guard lock(mutex_);
  ++not_up_[why];
}

std::string AiCallers::not_up() {
  const std::lock_guard lock(mutex_);
  std::string all;
  for (const auto& [why, calls] : not_up_) all += fmt::format("{}{}: {}", all.empty() ? "" : ", ", why, calls);
  return all;
}

void AiCallers::on_event(const phone::PhoneEvent& event) {
  if (const auto* connected = std::get_if<phone::CallConnected>(&event)) {
    ++up_;
    for (auto& each : calls_) {
      if (each.call != connected->call) continue;
      each.connected = true;
      if (each.on_connected) each.on_connected();
    }
  }
  if (const auto* finished = std::get_if<phone::CallFinished>(&event)) {
    if (finished->media) buffered_ms_.push_back(finished->media->jitter_buffer_ms);
    const auto same = std::find_if(calls_.begin(), calls_.end(), [finished](const Dialled& each) { return each.call == finished->call; });
    if (same != calls_.end() && same->connected) {
      ++ended_;
      --up_;
    } else {
      note_not_up(fmt::format("{} {}", finished->details.status, finished->details.reason));
    }
  }
}

}  // namespace offhook::bench
