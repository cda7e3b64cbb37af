#pragma once

#include <offhook/sip/model/events.hpp>

#include <string>

namespace offhook::inline v0::agent {

/// Returns the number of a party for configuration and prompts: the unescaped user part of its address, or the whole address without one.
[[nodiscard]] std::string user_of(const std::string& uri);

/// Returns the person that a request within the dialog names (RFC 4916): the identity that a trusted peer asserts, otherwise From.
[[nodiscard]] const sip::Party& person_of(const sip::PeerChanged& changed);

/// Returns name and number of `party` for a model, marked as data: "<data>Anna Meyer, 4711</data>".
[[nodiscard]] std::string named_for_model(const sip::Party& party);

}  // namespace offhook::inline v0::agent
