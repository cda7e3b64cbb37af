#pragma once

#include <offhook/base/shrink.hpp>
#include <offhook/sip/message/message.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace offhook::inline v0::sip {

/// Finds the dialog of a request by Call-ID and our tag. Our tag is unique, so the peer's tag is not needed.
template <class Id>
class DialogIndex {
 public:
  /// Adds a dialog. Returns false if that name exists.
  bool add(std::string call_id, std::string tag, Id id) {
    return ids_.emplace(Name{std::move(call_id), std::move(tag)}, id).second;
  }
  void erase(std::string_view call_id, std::string_view tag) {
    if (const auto at = ids_.find(View{call_id, tag}); at != ids_.end()) ids_.erase(at);
    base::shrink(ids_);
  }
  [[nodiscard]] std::optional<Id> find(std::string_view call_id, std::string_view tag) const {
    const auto at = ids_.find(View{call_id, tag});
    return at == ids_.end() ? std::nullopt : std::optional(at->second);
  }
  [[nodiscard]] std::optional<Id> find(const Message& request) const {
    return find(request.call_id(), request.to().tag().value_or(""));
  }
  [[nodiscard]] std::size_t size() const { return ids_.size(); }

 private:
  struct View {
    std::string_view call_id, tag;
    friend bool operator==(const View&, const View&) = default;
  };
  struct Name {
    std::string call_id, tag;
    operator View() const { return {call_id, tag}; }  // NOLINT(google-explicit-constructor): the map compares keys with views
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const View& name) const {
      const std::hash<std::string_view> hash;
      return hash(name.tag) ^ (hash(name.call_id) * 31);  // Our tag is random, so a peer cannot choose the hash bucket.
    }
  };
  struct Same {
    using is_transparent = void;
    bool operator()(const View& a, const View& b) const { return a == b; }
  };

  std::unordered_map<Name, Id, Hash, Same> ids_;
};

}  // namespace offhook::inline v0::sip
