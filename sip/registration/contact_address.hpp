#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/model/flow.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip::registration {

/// The URI in our Contact. It names the local address of the REGISTER, or the address that the registrar sees.
class ContactAddress {
 public:
  /// `learns`: use the address that the registrar sees.
  ContactAddress(std::string user, bool learns) : user_(std::move(user)), learns_(learns) {}

  /// Call this before a REGISTER leaves from `local`. Port 0 means that it leaves from a connection's local end, which is not
  /// known yet.
  void on_route(Transport transport, const base::SocketAddress& local);
  /// Call this when the local end of the connection is known. Does nothing if we listen on a port.
  void on_connected(const base::SocketAddress& own_end);
  /// Writes the URI for the next Contact. `nowhere` is a host to write instead of the address; "" means that the address is
  /// written.
  void renew(std::string_view nowhere);
  /// Reads the address that the registrar sees. Returns true if the next Contact differs from the one that this response answers.
  [[nodiscard]] bool learn(const Message& response);
  /// Call this when the connection was lost: forgets its addresses. Does nothing over UDP.
  void forget_connection();
  /// Call this when the registration has ended: forgets the addresses, over any transport.
  void reset();

  [[nodiscard]] const std::string& uri() const { return uri_; }  ///< without <>; "" before the first renew()
  [[nodiscard]] const std::optional<base::SocketAddress>& address() const { return address_; }  ///< the address in uri()

 private:
  std::string user_;
  bool learns_;
  Transport transport_ = Transport::Udp;
  std::optional<base::SocketAddress> local_;    // Local address of the last REGISTER.
  bool listens_ = true;                         // We listen at local_; otherwise use own_end_.
  std::optional<base::SocketAddress> own_end_;  // Local end of the connection, if we do not listen.
  std::optional<base::SocketAddress> learnt_;   // The address that the registrar sees instead of local_.
  std::optional<base::SocketAddress> address_;
  std::string uri_;
};

}  // namespace offhook::inline v0::sip::registration
