#pragma once

#include <offhook/sip/message/slab.hpp>

#include <atomic>
#include <cstdint>
#include <thread>

namespace offhook::bench {

/// A registrar on loopback that answers every REGISTER with 200, and ignores other requests. With it, the measurements need no proxy.
class YesRegistrar {
 public:
  YesRegistrar();  ///< throws std::runtime_error if there is no free UDP port
  ~YesRegistrar();
  YesRegistrar(const YesRegistrar&) = delete;
  YesRegistrar& operator=(const YesRegistrar&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void run();
  int socket_ = -1;
  std::uint16_t port_ = 0;
  sip::SlabPool pool_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace offhook::bench
