"""The club's readers: they sign in with their mail address, and their key is a UUID."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class Readers(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Reader:
        reader = self.model(email=self.normalize_email(email), **fields)
        reader.set_password(password)
        reader.save(using=self._db)
        return reader

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Reader:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Reader(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    objects = Readers()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def get_full_name(self) -> str:
        """What the chat calls a reader; without it, what stands before the @ of the address."""
        return self.name
