"""What people do in the sandbox: the payload of a command, a press, a submitted modal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import access, components, interactions, payloads
from bot.sandbox.filling import OPTION_OF_SELECT, check_values, filled_in
from bot.sandbox.options import Chosen, Resolver, choose_command
from bot.sandbox.rules.permissions import Permission
from bot.sandbox.trouble import TroubleError
from bot.sandbox.wire import Json, as_id
from bot.sandbox.world import APPLICATION_ID, DM, Channel

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox
    from bot.sandbox.interactions import Interaction
    from bot.sandbox.world import User

FILE_LIMIT = 10 * 1024 * 1024


class Acts:
    """Turns the act of a person into an interaction and sends it to the bot."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    # -- who and where -------------------------------------------------------------------------------------------------

    def user(self, order: Json) -> User:
        user = self._sandbox.world.users.get(as_id(order.get("user")))
        if user is None or user.bot:
            raise TroubleError(404, f"no such user: {order.get('user')}")
        return user

    def place(self, order: Json, user: User) -> Channel:
        """The channel an act happens in; without one it is the direct message with the bot."""
        if not order.get("channel"):
            return self._sandbox.dm_channel(user)
        channel = self._sandbox.world.channels.get(as_id(order["channel"]))
        if channel is None:
            raise TroubleError(404, f"no such channel: {order['channel']}")
        if not access.may_see(self._sandbox.world, user.id, channel):
            raise TroubleError(403, f"{user.name} does not see this channel")
        return channel

    # -- acts ----------------------------------------------------------------------------------------------------------

    def command(self, order: Json, *, focused: str | None = None) -> Interaction:
        """Send a slash command, or with `focused` what is asked while that option is typed."""
        user = self.user(order)
        channel = self.place(order, user)
        chosen = choose_command(self._sandbox, channel, str(order.get("command", "")), order, focused=focused)
        if not order.get("force"):
            self._may_use(user, channel, chosen)
        kind = interactions.AUTOCOMPLETE if focused is not None else interactions.COMMAND
        interaction = self._sandbox.interactions.open(kind, user, channel, chosen.full_name)
        return self._send(interaction, chosen.data)

    def _may_use(self, user: User, channel: Channel, chosen: Chosen) -> None:
        mine = access.permissions(self._sandbox.world, user.id, channel)
        if not mine & Permission.USE_APPLICATION_COMMANDS:
            raise TroubleError(403, f"{user.name} may not use commands here")
        need = chosen.command.get("default_member_permissions")
        if need is None or channel.type == DM:
            return
        if not mine & Permission.ADMINISTRATOR and (int(need) == 0 or mine & int(need) != int(need)):
            raise TroubleError(403, f"Discord does not offer /{chosen.full_name} to {user.name}")

    def press(self, order: Json) -> Interaction:
        """Press a button or choose in a select of a message."""
        user = self.user(order)
        message = self._sandbox.world.messages.get(as_id(order.get("message_id")))
        if message is None or message.viewer not in (0, user.id):
            raise TroubleError(404, f"no such message: {order.get('message_id')}")
        channel = self.place({"channel": message.channel_id}, user)
        custom_id = str(order.get("custom_id", ""))
        component = components.find(message.data["components"], custom_id)
        usable = component is not None and not component.get("disabled")
        if not usable and not order.get("force"):
            raise TroubleError(404, f"no enabled component {custom_id!r} on this message")
        kind = component["type"] if component else 2
        data: Json = {"custom_id": custom_id, "component_type": kind, "id": (component or {}).get("id", 1)}
        if kind in components.SELECTS:
            data["values"] = [str(value) for value in order.get("values") or []]
            if not order.get("force"):
                check_values(component or {}, data["values"])
            data |= self._resolved(user, channel, kind, data["values"])
        made = self._sandbox.interactions.open(interactions.COMPONENT, user, channel, custom_id, source=message)
        return self._send(made, data)

    def _resolved(self, user: User, channel: Channel, kind: int, values: list[str]) -> Json:
        if kind == components.SELECTS[0]:
            return {}
        resolver = Resolver(self._sandbox, channel, user.id)
        for value in values:
            resolver.add(OPTION_OF_SELECT[kind], value)
        return {"resolved": resolver.found}

    def submit(self, order: Json) -> Interaction:
        """Submit the modal that answered an interaction; fields that are not named stay as they came."""
        user = self.user(order)
        parent = self._sandbox.interactions.get(as_id(order.get("interaction_id")))
        if parent is None or parent.modal is None or parent.user is not user:
            raise TroubleError(404, "there is no such modal open for this user")
        if parent.submission is not None and parent.submission.state != interactions.FAILED and not order.get("force"):
            raise TroubleError(404, "this modal was already submitted")
        values = order.get("values") or {}
        modal = parent.modal
        known = {each["custom_id"] for each in components.walk(modal["components"]) if "custom_id" in each}
        if strangers := set(values) - known:
            raise TroubleError(400, f"the modal has no field {', '.join(sorted(strangers))}")
        resolver = Resolver(self._sandbox, parent.channel, user.id)
        data: Json = {"custom_id": modal["custom_id"], "components": filled_in(modal["components"], values, resolver)}
        if resolver.found:
            data["resolved"] = resolver.found
        made = self._sandbox.interactions.open(
            interactions.MODAL_SUBMIT, user, parent.channel, modal["custom_id"], source=parent.source, parent=parent
        )
        parent.submission = made
        return self._send(made, data)

    # -- the payload ---------------------------------------------------------------------------------------------------

    def _send(self, interaction: Interaction, data: Json) -> Interaction:
        self._sandbox.interactions.send(interaction, self._payload(interaction, data))
        return interaction

    def _payload(self, interaction: Interaction, data: Json) -> Json:
        world, channel, user = self._sandbox.world, interaction.channel, interaction.user
        mine = str(access.permissions(world, user.id, channel))
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(APPLICATION_ID),
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel": {**payloads.channel(world, channel), "permissions": mine},
            "channel_id": str(channel.id),
            "app_permissions": str(access.permissions(world, APPLICATION_ID, channel)),
            "locale": payloads.LOCALE,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": interactions.owners(channel),
            "context": 1 if channel.type == DM else 0,
            "attachment_size_limit": FILE_LIMIT,
        }
        if interaction.source is not None:
            payload["message"] = interaction.source.data
        if channel.type == DM:
            return payload | {"user": payloads.user(user)}
        member = world.guilds[channel.guild_id].members[user.id]
        return payload | {
            "guild_id": str(channel.guild_id),
            "guild": {"id": str(channel.guild_id), "locale": payloads.LOCALE, "features": []},
            "guild_locale": payloads.LOCALE,
            "member": {**payloads.member(member), "permissions": mine},
        }
