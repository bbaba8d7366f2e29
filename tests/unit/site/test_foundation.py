import pytest
from django.test import Client


@pytest.mark.django_db
def test_health_answers_with_the_state_of_the_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["database"] is True
