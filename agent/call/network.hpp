#pragma once

#include <offhook/agent/call/leg.hpp>
#include <offhook/base/time.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::call {

struct DialOptions {
  std::string target;                       ///< a number, or an address of the network
  std::vector<media::AudioCodec> codecs{};  ///< in the order of preference; empty: the codecs of the network
  LegPtr on_behalf_of{};                    ///< the call uses the line on which this leg came in; null: the first registered line
};

/// A telephone network: places calls, and owns the thread on which its legs are used.
class Network {
 public:
  virtual ~Network() = default;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  /// Use it on the thread of the network. `port` is as in Leg::prepare().
  [[nodiscard]] base::Result<LegPtr, base::Error> dial(const DialOptions& options, std::shared_ptr<media::AudioPort> port) {
    return do_dial(options, std::move(port));
  }
  [[nodiscard]] virtual Party party(const std::string& address) const = 0;  ///< the party at `address`, with its number and without a name
  virtual void post(std::function<void()> task) = 0;  ///< runs `task` on the thread of the network; callable from any thread
  virtual void post_after(base::Duration delay, std::function<void()> task) = 0;  ///< use it on the thread of the network

 protected:
  Network() = default;

 private:
  virtual base::Result<LegPtr, base::Error> do_dial(const DialOptions& options, std::shared_ptr<media::AudioPort> port) = 0;
};

}  // namespace offhook::inline v0::call
