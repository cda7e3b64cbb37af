#pragma once

#include <offhook/agent/call/event.hpp>
#include <offhook/agent/call/network.hpp>
#include <offhook/tests/agent/calls/virtual_line.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::test {

/// A leg of a network without SIP and RTP. The person at its other end is a VirtualLine in real time.
class ForeignLeg final : public call::Leg, public std::enable_shared_from_this<ForeignLeg> {
 public:
  using Emit = std::function<void(call::Event)>;
  ForeignLeg(bool outgoing, std::string name, Emit emit) : outgoing_(outgoing), name_(std::move(name)), emit_(std::move(emit)) {}

  bool outgoing() const override { return outgoing_; }
  call::LegName name() const override { return {name_, {}}; }
  std::optional<media::AudioCodec> codec() const override { return media::AudioCodec::Pcmu; }
  std::optional<media::AudioCodec> codec_among(const std::vector<media::AudioCodec>&) const override { return codec(); }
  std::optional<media::LegId> media_leg() const override { return std::nullopt; }
  bool can_transfer_to() const override { return false; }

  void connect() { emit_(call::Connected{shared_from_this()}); }
  void finish(call::Ended how) {
    line_.reset();
    emit_(call::Finished{shared_from_this(), std::move(how), std::nullopt});
  }
  void open(std::shared_ptr<media::AudioPort> port) { line_.emplace(std::move(port)); }
  void tick(base::TimePoint now) {
    if (line_) line_->tick(now);
    has_heard_agent |= line_ && line_->agent_speaks();
  }
  void press(char key) { line_->press(key); }

  bool has_rung = false, has_heard_agent = false;
  std::vector<std::string> texts;  ///< each text within the call, with its type: "text/plain: hello"

 private:
  base::Result<void, base::Error> do_prepare(std::shared_ptr<media::AudioPort> port, const std::vector<media::AudioCodec>&) override {
    open(std::move(port));
    emit_(call::Prepared{shared_from_this(), {}});
    return {};
  }
  base::Result<void, base::Error> do_ring() override {
    has_rung = true;
    return {};
  }
  base::Result<void, base::Error> do_answer() override {
    connect();
    return {};
  }
  base::Result<void, base::Error> do_hang_up() override {
    finish({call::Ended::By::Us, call::Ended::Cause::HungUp, {}, {}, why()});
    return {};
  }
  base::Result<void, base::Error> do_hold(bool) override { return {}; }
  base::Result<void, base::Error> do_transfer(const std::string&) override { return {}; }
  base::Result<void, base::Error> do_transfer_to(const Leg&) override { return base::fail(base::Error{"foreign", 1, "not possible in this network"}); }
  base::Result<void, base::Error> do_decline_transfer() override { return {}; }
  base::Result<void, base::Error> do_send_text(std::string text, std::string type) override {
    texts.push_back(type + ": " + text);
    return {};
  }

  const bool outgoing_;
  const std::string name_;
  const Emit emit_;
  std::optional<VirtualLine> line_;
};

/// A network whose calls are ForeignLegs. Its addresses have the form "desk:7".
class ForeignNetwork final : public call::Network {
 public:
  explicit ForeignNetwork(ForeignLeg::Emit emit) : emit_(std::move(emit)), work_(boost::asio::make_work_guard(io_)), ticks_(io_) {
    tick();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~ForeignNetwork() override { stop(); }
  void stop() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  /// Makes a leg of this network. Only the thread of the network may use this function.
  std::shared_ptr<ForeignLeg> make_leg(bool outgoing) {
    legs.push_back(std::make_shared<ForeignLeg>(outgoing, "leg-" + std::to_string(legs.size() + 1), emit_));
    return legs.back();
  }
  call::Party party(const std::string& address) const override { return {address, {}, address.substr(address.find(':') + 1)}; }
  void post(std::function<void()> task) override { boost::asio::post(io_, std::move(task)); }
  void post_after(base::Duration delay, std::function<void()> task) override {
    auto timer = std::make_shared<boost::asio::steady_timer>(io_, delay);
    timer->async_wait([timer, task = std::move(task)](const boost::system::error_code&) { task(); });
  }

  std::vector<std::shared_ptr<ForeignLeg>> legs;  ///< used on the thread of the network only

 private:
  base::Result<call::LegPtr, base::Error> do_dial(const call::DialOptions&, std::shared_ptr<media::AudioPort> port) override {
    const auto leg = make_leg(true);
    leg->open(std::move(port));
    return call::LegPtr(leg);
  }
  void tick() {
    for (const auto& leg : legs) leg->tick(base::Clock::now());
    ticks_.expires_after(VirtualLine::kTick);
    ticks_.async_wait([this](const boost::system::error_code& error) {
      if (!error) tick();
    });
  }

  const ForeignLeg::Emit emit_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer ticks_;
  std::thread thread_;
};

}  // namespace offhook::inline v0::agent::test
